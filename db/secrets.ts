import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Db } from './database.ts';

/** Encrypts what only this installation may read: the tokens of channels. */
export type SecretBox = {
  seal(text: string): Buffer;
  /** @throws Error when it was sealed with another key, or was changed */
  open(cipher: Buffer): string;
};

/** Which key sealed it. One so far; a second one, when keys are to be exchanged, gets the next number. */
const KEY_ID = 1;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + IV_BYTES + TAG_BYTES;

/**
 * AES-256-GCM. Sealed: key id, iv, tag, cipher text.
 * @param secretKey 32 bytes, as they are or in base64 or hex
 */
export function createSecretBox(secretKey: string | Buffer): SecretBox {
  const key = typeof secretKey === 'string' ? parseSecretKey(secretKey) : secretKey;
  return {
    seal(text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(KEY_ID), iv, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      if (sealed[0] !== KEY_ID || sealed.length < HEAD_BYTES)
        throw new Error('Not something that this installation has encrypted');
      const iv = sealed.subarray(1, 1 + IV_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, iv);
      decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, HEAD_BYTES));
      return (
        decipher.update(sealed.subarray(HEAD_BYTES), undefined, 'utf8') + decipher.final('utf8')
      );
    },
  };
}

/** @throws Error that says how to make one; the wrong key itself is never shown */
export function parseSecretKey(text: string): Buffer {
  const isHex = /^[0-9a-f]{64}$/i.test(text.trim());
  const key = Buffer.from(text.trim(), isHex ? 'hex' : 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new Error(
    `SECRET_KEY must be ${KEY_BYTES} bytes in base64 or hex. Make one: openssl rand -base64 ${KEY_BYTES}`,
  );
}

const CHECK = 'everthread';

/**
 * Makes sure that the key is the one that the database was encrypted with, and remembers it at the first start.
 * @throws Error that says what to do
 */
export async function checkSecretKey(db: Db, box: SecretBox): Promise<void> {
  const row = await db.selectFrom('workspace').select('secret_check').executeTakeFirst();
  if (row === undefined) return;
  if (row.secret_check !== null) return mustFit(box, row.secret_check);
  const sealed = await db.selectFrom('channel').select('token_cipher').limit(1).executeTakeFirst();
  if (sealed !== undefined) mustFit(box, sealed.token_cipher);
  await db
    .updateTable('workspace')
    .set({ secret_check: box.seal(CHECK) })
    .where('secret_check', 'is', null)
    .execute();
}

function mustFit(box: SecretBox, sealed: Buffer): void {
  try {
    box.open(sealed);
  } catch {
    throw new Error(
      'SECRET_KEY is not the key that this database was encrypted with: its tokens could not be read. ' +
        'Put the former key back; if it is lost, empty the database and connect the channels again.',
    );
  }
}

/** Whether the database holds something that only its secret key can read. */
export async function hasEncryptedRows(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('channel')
    .select('id')
    .where('token_cipher', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
