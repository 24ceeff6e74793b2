import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Db } from '#db/database.ts';
import { peopleByTokens, type Person } from '#db/people.ts';

export type TokenLookup = (tokenHash: Buffer) => Promise<Person | null>;

/**
 * Who stands behind a token, with their rights as they are when it is asked. Under load several requests come in the
 * same turn of the event loop: one query answers for all of them.
 */
export function createTokenLookup(db: Db): TokenLookup {
  let gathered: { hashes: Buffer[]; people: Promise<Map<string, Person>> } | null = null;
  const gather = () => {
    const hashes: Buffer[] = [];
    const ask = () => {
      // Whoever comes from here on must see what has changed until then, and is asked about anew.
      gathered = null;
      return peopleByTokens(db, hashes);
    };
    return { hashes, people: nextTurn().then(ask) };
  };
  return async (tokenHash) => {
    gathered ??= gather();
    gathered.hashes.push(tokenHash);
    const people = await gathered.people;
    return people.get(tokenHash.toString('hex')) ?? null;
  };
}
