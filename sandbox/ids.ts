/** Ids that look like Meta's. All are strings: page-scoped ids pass 2^53. */
import { randomBytes, randomInt } from 'node:crypto';

/** A page-scoped user id: 16 or 17 digits. */
export function newPsid(): string {
  const head = randomInt(2_000_000, 99_999_999);
  return `${head}${String(randomInt(1_000_000_000)).padStart(9, '0')}`;
}

/** A message id: `m_` and 86 characters of base64url, as Messenger's are. */
export function newMid(): string {
  return `m_${randomBytes(64).toString('base64url')}`;
}

/** The id that Meta gives each answer, for its own support. */
export function newTraceId(): string {
  return `A${randomBytes(8).toString('base64url')}`;
}

/** What Instagram would call this person: plain letters of the name, and enough of the id to be nobody else. */
export function usernameOf({ id, name }: { id: string; name: string }): string {
  const plain = name
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/đ/gi, 'd')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '.')
    .replaceAll(/^\.|\.$/g, '');
  return `${plain === '' ? 'khach' : plain}.${id.slice(-4)}`;
}

/** The digits after a post's in the id of one of its comments, or an id of Instagram's. */
export function newDigits(): string {
  return String(randomInt(100_000_000_000, 999_999_999_999));
}
