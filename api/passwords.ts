import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/** What one guess costs. */
export type Cost = { log2N: number; p: number };

/** One of OWASP's settings for scrypt with r = 8 (cheat sheet "Password Storage"): the one that takes 32 MB, not 128. */
const COST: Cost = { log2N: 15, p: 3 };
const BLOCK_SIZE = 8;
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** @returns `scrypt$<log2 N>$<p>$<salt>$<hash>`, the last two in base64url */
export async function hashPassword(password: string, cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, cost);
  const parts = [
    'scrypt',
    cost.log2N,
    cost.p,
    salt.toString('base64url'),
    hash.toString('base64url'),
  ];
  return parts.join('$');
}

/** Takes as long for a wrong password as for the right one. @throws Error for a hash that is not one of ours */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, log2N, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined)
    throw new Error('The stored password is not a scrypt hash: set a new password');
  const expected = Buffer.from(hash, 'base64url');
  const cost = { log2N: Number(log2N), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}

function derive(password: string, salt: Buffer, { log2N, p }: Cost): Promise<Buffer> {
  const N = 2 ** log2N;
  // scrypt needs 128 * N * r bytes, and a little more for p.
  const options: ScryptOptions = { N, r: BLOCK_SIZE, p, maxmem: 256 * N * BLOCK_SIZE };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
