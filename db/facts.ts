import { factsOf } from '#domain/facts.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import type { Trx } from './database.ts';
import { rebuildFacts } from './facts-rebuild.ts';
import { mergeFacts, readFacts, type CountedSession } from './facts-rows.ts';

/**
 * Stores what statistics count of a turn's events (R40), after the events themselves: one statement when something
 * changed, none when nothing did; one more to read when an answer was accepted after what it answered had ended.
 * @param row the session as the turn found it
 */
export async function writeFacts(
  trx: Trx,
  row: CountedSession & { state: Session },
  events: readonly SessionEvent[],
): Promise<void> {
  const told = factsOf(row.state, events);
  const facts =
    told.looksBackTo === null
      ? told
      : factsOf(row.state, events, await readFacts(trx, row.id, told.looksBackTo));
  if (facts.rounds.length === 0 && facts.waits.length === 0) return;
  // A round that began before these rows were kept: the events know all of it.
  if (!(await mergeFacts(trx, row, facts))) await rebuildFacts(trx, row.id);
}
