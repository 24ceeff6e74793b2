import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSecretKey, createSecretBox, parseSecretKey } from '#db/secrets.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, aWorkspace } from '#test/support/workspace.ts';

const box = createSecretBox(Buffer.alloc(32, 1));
const other = createSecretBox(Buffer.alloc(32, 2));

describe('a secret box', () => {
  it('opens what it has sealed', () => {
    expect(box.open(box.seal('mã thông báo'))).toBe('mã thông báo');
  });

  it('seals the same text differently each time', () => {
    expect(box.seal('a').equals(box.seal('a'))).toBe(false);
  });

  it('opens nothing of another key', () => {
    expect(() => other.open(box.seal('a'))).toThrow();
  });

  it('notices every changed byte', () => {
    const sealed = box.seal('token');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => box.open(changed), `byte ${at}`).toThrow();
    }
  });

  it('opens no stump', () => {
    expect(() => box.open(Buffer.from([1, 2, 3]))).toThrow('encrypted');
    expect(() => box.open(Buffer.alloc(0))).toThrow('encrypted');
  });
});

describe('a secret key', () => {
  it.each([
    ['base64', Buffer.alloc(32, 3).toString('base64')],
    ['hex', Buffer.alloc(32, 3).toString('hex')],
    ['a file with a line end', `${Buffer.alloc(32, 3).toString('base64')}\n`],
  ])('is read from %s', (_form, text) => {
    expect(parseSecretKey(text)).toEqual(Buffer.alloc(32, 3));
  });

  it('that is too short is refused without being shown', () => {
    expect(() => parseSecretKey('c2hvcnQ=')).toThrow('openssl rand');
    expect(() => parseSecretKey('c2hvcnQ=')).not.toThrow('c2hvcnQ=');
  });
});

describe('the check at the start', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await testDatabase()));
  afterAll(() => database.close());

  it('lets a database without a workspace pass', async () => {
    await checkSecretKey(database.db, box);
  });

  it('remembers the key of the first start and refuses another', async () => {
    await aWorkspace(database.db);
    await checkSecretKey(database.db, box);
    await checkSecretKey(database.db, box);
    await expect(checkSecretKey(database.db, other)).rejects.toThrow('Put the former key back');
  });

  it('refuses a key that does not open the tokens that are there', async () => {
    await database.db.updateTable('workspace').set({ secret_check: null }).execute();
    await aChannel(database.db, { token_cipher: other.seal('token') });
    await expect(checkSecretKey(database.db, box)).rejects.toThrow('Put the former key back');
    await checkSecretKey(database.db, other);
  });
});
