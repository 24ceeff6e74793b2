import { sql } from 'kysely';
import type { Db } from '#db/database.ts';
import { rebuildFacts } from '#db/facts-rebuild.ts';
import { newId } from '#db/ids.ts';
import type { ChannelId, CustomerId, MessageId, SessionId } from '#domain/ids.ts';
import type { Place, RecordedDays } from './recorded-days.ts';

/** Writes recorded days into a channel's tables, as turn by turn would have: agents and groups must be there. */
export async function storeDays(db: Db, world: RecordedDays, channel: ChannelId): Promise<void> {
  const customers = new Set([...world.places.values()].map(({ customer }) => customer));
  for (const customer of customers)
    await db
      .insertInto('customer')
      .values({
        id: idOf(channel, customer),
        channel_id: channel,
        name: customer,
        owner_id: world.owners.get(customer) ?? null,
      })
      .execute();
  for (const { at, customer, from, to } of world.ownerChanges)
    await db
      .insertInto('customer_event')
      .values({
        id: newId<string>(),
        customer_id: idOf(channel, customer),
        at: new Date(at),
        agent_id: null,
        type: 'owner_changed',
        detail: JSON.stringify({ from, to, how: 'assignment' }),
      })
      .execute();
  for (const { agent, at, online } of world.flips)
    await db
      .insertInto('presence_event')
      .values({ agent_id: agent, at: new Date(at), online, away: false })
      .execute();
  for (const place of world.places.values()) await storePlace(db, place, channel);
}

async function storePlace(db: Db, place: Place, channel: ChannelId): Promise<void> {
  const id: SessionId = idOf(channel, place.id.replace('/', '-'));
  const { session, told, written } = place;
  await db
    .insertInto('session')
    .values({
      id,
      channel_id: channel,
      kind: place.kind,
      customer_id: idOf<CustomerId>(channel, place.customer),
      status: session.status,
      round: session.round,
      assignee_id: session.assignee,
      last_assignee_id: session.lastAssignee,
      last_message_at: new Date(place.lastMessageAt),
      state: JSON.stringify(session),
    })
    .execute();
  if (written.length > 0)
    await db
      .insertInto('message')
      .values(
        written.map(({ seq, at, text }) => ({
          id: newId<MessageId>(),
          session_id: id,
          channel_id: channel,
          seq,
          direction: 'in' as const,
          author: 'customer' as const,
          text,
          occurred_at: new Date(at),
          received_at: new Date(at),
          state: 'received' as const,
        })),
      )
      .execute();
  await sql`
    insert into session_event (session_id, version, n, type, at, event)
    select ${id}, nr, 1, event->>'type', to_timestamp((event->>'at')::float8 / 1000), event
    from jsonb_array_elements(${JSON.stringify(told.map(({ event }) => event))}::jsonb)
      with ordinality as told(event, nr)
  `.execute(db);
  const decided = told.flatMap(({ event, trace }) =>
    event.type === 'Assigned' || event.type === 'NotAssigned' ? [{ event, trace }] : [],
  );
  if (decided.length > 0)
    await db
      .insertInto('assignment')
      .values(
        decided.map(({ event, trace }) => ({
          session_id: id,
          no: event.no,
          at: new Date(event.at),
          how: event.how,
          agent_id: event.type === 'Assigned' ? event.agent : null,
          trace: JSON.stringify(trace),
        })),
      )
      .execute();
  await db.transaction().execute((trx) => rebuildFacts(trx, id));
}

function idOf<Id extends string = CustomerId>(channel: ChannelId, name: string): Id {
  return `${channel}-${name.replace(' ', '-')}` as Id;
}
