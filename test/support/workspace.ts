import type { Db } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import type { Database } from '#db/schema.ts';
import type { StoredClocks } from '#db/stored.ts';
import type {
  AgentId,
  ChannelId,
  CustomerId,
  MessageId,
  SessionId,
  SessionKind,
} from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';
import type { Insertable } from 'kysely';

export const clocksOff: StoredClocks = {
  autoClose: { on: false, afterSeconds: 1_800, text: '' },
  reassign: { on: false, afterSeconds: 600 },
  deadline: { on: false, afterSeconds: 1_800, warnBeforeSeconds: 300 },
};

export async function aWorkspace(db: Db, clocks: StoredClocks = clocksOff): Promise<void> {
  await db
    .insertInto('workspace')
    .values({ name: 'Test', clocks: JSON.stringify(clocks) })
    .execute();
}

export async function anAgent(
  db: Db,
  { name = 'An', role = 'staff' }: { name?: string; role?: Role } = {},
): Promise<AgentId> {
  const id = newId<AgentId>();
  await db
    .insertInto('agent')
    .values({ id, name, email: `${id}@test`, role, password_hash: 'none' })
    .execute();
  return id;
}

export type ChannelOptions = Partial<Insertable<Database['channel']>> & {
  team?: readonly AgentId[];
};

export async function aChannel(
  db: Db,
  { team = [], ...columns }: ChannelOptions = {},
): Promise<ChannelId> {
  const id = newId<ChannelId>();
  await db
    .insertInto('channel')
    .values({
      id,
      platform: 'facebook',
      asset_id: id,
      name: 'Page',
      token_cipher: Buffer.from('none'),
      ...columns,
    })
    .execute();
  const members = team.map((agent, position) => ({ channel_id: id, agent_id: agent, position }));
  if (members.length > 0) await db.insertInto('channel_agent').values(members).execute();
  return id;
}

export type SessionOptions = Partial<Insertable<Database['session']>> & {
  channel: ChannelId;
  customer?: string;
  kind?: SessionKind;
};

/** A session as intake and workflow leave it: by default open, unassigned, in the messaging window. */
export async function aSessionRow(
  db: Db,
  { channel, customer = 'Lan', ...columns }: SessionOptions,
): Promise<SessionId> {
  const id = newId<SessionId>();
  const customerId = newId<CustomerId>();
  await db
    .insertInto('customer')
    .values({ id: customerId, channel_id: channel, name: customer })
    .execute();
  await db
    .insertInto('session')
    .values({
      id,
      channel_id: channel,
      kind: 'message',
      customer_id: customerId,
      status: 'open',
      window_from: new Date(),
      ...columns,
    })
    .execute();
  await db.insertInto('session_queue').values({ session_id: id }).execute();
  return id;
}

export type MessageOptions = Partial<Insertable<Database['message']>> & {
  session: SessionId;
  channel: ChannelId;
  seq: number;
};

export async function aMessage(
  db: Db,
  { session, channel, ...columns }: MessageOptions,
): Promise<MessageId> {
  const id = newId<MessageId>();
  const now = new Date();
  await db
    .insertInto('message')
    .values({
      id,
      session_id: session,
      channel_id: channel,
      direction: 'in',
      author: 'customer',
      text: 'Còn size M không?',
      occurred_at: now,
      received_at: now,
      state: 'received',
      ...columns,
    })
    .execute();
  await db
    .updateTable('session_queue')
    .set((eb) => ({ last_seq: eb.fn<number>('greatest', ['last_seq', eb.val(columns.seq)]) }))
    .where('session_id', '=', session)
    .execute();
  return id;
}
