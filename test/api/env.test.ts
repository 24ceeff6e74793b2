import { describe, expect, it } from 'vitest';
import { parseEnv } from '#api/env.ts';

const least = {
  DATABASE_URL: 'postgres://localhost/everthread',
  META_APP_ID: '1',
  META_APP_SECRET: 'a',
  META_VERIFY_TOKEN: 'long enough',
  SECRET_KEY: Buffer.alloc(32).toString('base64'),
};

describe('the environment', () => {
  it('has a default for all that can have one', () => {
    expect(parseEnv(least)).toMatchObject({
      PORT: 4010,
      HOST: '127.0.0.1',
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      GRAPH_API_URL: 'http://127.0.0.1:4020',
      ROLES: ['web', 'ingest'],
      META_APP_SECRET: ['a'],
      META_INBOX_APP_IDS: ['26390203743090', '263902037430900', '1217981644879628'],
      TRUST_PROXY: false,
    });
  });

  it('takes lists with commas, and a variable set to nothing as not set', () => {
    const env = parseEnv({ ...least, META_APP_SECRET: 'new, old', ROLES: 'web', PORT: '' });
    expect(env).toMatchObject({ META_APP_SECRET: ['new', 'old'], ROLES: ['web'], PORT: 4010 });
  });

  it('names everything that is missing, at once', () => {
    expect(() => parseEnv({})).toThrow(
      /DATABASE_URL[^]*META_APP_ID[^]*META_APP_SECRET[^]*META_VERIFY_TOKEN[^]*SECRET_KEY/,
    );
  });

  it.each([
    ['PORT', 'x'],
    ['ROLES', 'web,cook'],
    ['META_APP_SECRET', ' , '],
    ['SECRET_KEY', 'c2hvcnQ='],
    ['LOG_LEVEL', 'loud'],
    ['PUBLIC_URL', 'not an address'],
  ])('names %s when it is wrong, without showing it', (name, value) => {
    const parse = () => parseEnv({ ...least, [name]: value });
    expect(parse).toThrow(name);
    if (name.startsWith('SECRET')) expect(parse).not.toThrow(value);
  });
});
