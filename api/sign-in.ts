import { createHash, randomBytes } from 'node:crypto';
import { Problem } from '#contracts/errors.ts';
import type { Db } from '#db/database.ts';
import { createLogin, loginCandidate, type NewLogin } from '#db/people.ts';
import type { AgentId } from '#domain/ids.ts';
import { DAY } from '#domain/instant.ts';
import { hashPassword, isPassword } from './passwords.ts';

export const LOGIN_LASTS_MS = 30 * DAY;

/** Stands in for the password of an address that nobody has, so that the answer takes as long. */
let nobodys: Promise<string> | null = null;

/** @returns the token for the browser's cookie. @throws Problem WRONG_LOGIN, the same for either fault */
export async function signIn(
  db: Db,
  { email, password }: { email: string; password: string },
): Promise<string> {
  const candidate = await loginCandidate(db, email);
  nobodys ??= hashPassword(randomBytes(16).toString('hex'));
  const isRight = await isPassword(password, candidate?.password_hash ?? (await nobodys));
  if (candidate === null || !isRight) throw new Problem('WRONG_LOGIN');
  const { token, login } = newLogin();
  const agent = candidate.id;
  if (!(await createLogin(db, { ...login, agent }, candidate.password_hash)))
    throw new Problem('WRONG_LOGIN');
  return token;
}

/** Lets an agent in without a password. */
export async function issueLogin(db: Db, agent: AgentId): Promise<string> {
  const { token, login } = newLogin();
  await createLogin(db, { ...login, agent });
  return token;
}

/** A login for the browser's cookie, and what is kept of it. */
export function newLogin(): { token: string; login: Omit<NewLogin, 'agent'> } {
  const { token, tokenHash } = newSecret();
  return { token, login: { tokenHash, expiresAt: new Date(Date.now() + LOGIN_LASTS_MS) } };
}

/** A token that nobody can guess, with its hash. */
export function newSecret(prefix = ''): { token: string; tokenHash: Buffer } {
  const token = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { token, tokenHash: hashToken(token) };
}

/** Tokens are long and random, so a plain hash is enough to keep them. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
