import { factsOf } from '#domain/facts.ts';
import type { SessionId } from '#domain/ids.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import type { Trx } from './database.ts';
import { mergeFacts } from './facts-rows.ts';

/** Makes a session's rounds and waits anew from its stored events. Whatever stood there is replaced. */
export async function rebuildFacts(trx: Trx, id: SessionId): Promise<void> {
  // No turn may be committed between reading its events and writing what they tell.
  const session = await trx
    .selectFrom('session')
    .select(['id', 'channel_id as channelId', 'kind'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (session === undefined) return;
  const events = await trx
    .selectFrom('session_event')
    .select('event')
    .where('session_id', '=', id)
    .orderBy('version')
    .orderBy('n')
    .execute();
  const facts = factsOf(
    NEW_SESSION,
    events.map(({ event }) => event),
  );
  await trx.deleteFrom('wait').where('session_id', '=', id).execute();
  await trx.deleteFrom('round').where('session_id', '=', id).execute();
  if (facts.rounds.length > 0) await mergeFacts(trx, session, facts);
}
