import pg from 'pg';
import { NO_CLOCKS } from '#domain/policy.ts';
import { NEW_SESSION, type Session } from '#domain/session/session.ts';
import type { Workspace } from './workspace.ts';

export type History = { sessions: number; messagesEach: number };

/** One session in so many is open; the others are done. */
const OPEN_EACH = 10;
const DAYS = 90;
const CHANNELS = 3;

/** What the inbox of a year looks like, written by Postgres itself: sessions of three Pages, with their messages. */
export async function writeHistory(
  databaseUrl: string,
  { channelId, team }: Workspace,
  { sessions, messagesEach }: History,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Without foreign keys and triggers: the rows fit by their making.
    await client.query(`set session_replication_role = replica`);
    await client.query(moreChannels, [channelId, CHANNELS]);
    await client.query(customersSql, [sessions, CHANNELS]);
    const state = JSON.stringify(openState);
    await client.query(sessionsSql, [sessions, OPEN_EACH, DAYS, team, state, messagesEach]);
    await client.query(messagesSql, [messagesEach]);
    await client.query(readMarksSql, [messagesEach]);
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

const openState: Session = {
  ...NEW_SESSION,
  status: 'open',
  lastSeq: 10,
  round: 1,
  waits: 3,
  assignments: 1,
  policy: { ...NO_CLOCKS, version: 1 },
  assignee: null,
  supporters: [],
  snoozedUntil: null,
  awakeSince: null,
  assignedAt: 1_760_000_000_000,
  inChargeSince: 1_760_000_000_000,
  inLineSince: null,
  wait: null,
  closeFrom: null,
};

const moreChannels = `
  with made as (
    insert into channel (id, platform, asset_id, name, token_cipher)
    select uuidv7()::text, 'facebook', asset_id || '-' || n, name || ' ' || n, token_cipher
    from channel, generate_series(2, $2) n where id = $1
    returning id
  )
  insert into channel_agent (channel_id, agent_id, position)
  select made.id, agent_id, position from made, channel_agent where channel_id = $1`;

const customersSql = `
  insert into customer (id, channel_id, name, profile_due_at)
  select uuidv7()::text, (select id from channel order by id offset n % $2 limit 1), 
    (array['Nguyễn','Trần','Lê','Phạm','Hoàng','Võ','Đặng','Bùi'])[1 + n % 8] || ' '
      || (array['Thị','Ngọc','Thu','Minh','Gia'])[1 + n / 8 % 5] || ' '
      || (array['Lan','Hương','Hà','Mai','Yến','Nga','Thảo','Kim','Phượng','Tú'])[1 + n / 40 % 10], null
  from generate_series(1, $1) n`;

const sessionsSql = `
  insert into session (id, channel_id, kind, customer_id, created_at, last_message_at, last_customer_at,
    window_from, preview, status, assignee_id, round, waiting_since, overdue_at, due_at, closed_at, state, run, version,
    start_seq, applied_seq, customer_seq, answer_seq)
  select uuidv7()::text, c.channel_id, 'message', c.id, at, at, at, at,
    'Chào shop, áo dài sen size M còn màu xanh không ạ?',
    case when open then 'open' else 'done' end,
    case when open and n % 50 <> 0 then ($4::text[])[1 + n % cardinality($4::text[])] end,
    1, case when open and n % 20 < 12 then at end,
    case when open and n % 40 = 0 then at + interval '1 day' end,
    case when open and n % 20 < 12 then at + interval '1 day' end,
    case when not open then at + interval '1 day' end,
    case when open then $5::jsonb else jsonb_build_object('v', 1, 'status', 'done', 'lastSeq', 10) end,
    1, 4, 10, 10, case when unanswered then $6::int else greatest($6::int - 2, 0) end,
    case when unanswered then $6::int / 3 * 3 else $6::int end
  from (
    select id, channel_id, n, n % $2 = 0 as open, n % $2 = 0 and n % 100 < 50 as unanswered,
      now() - $3 * interval '1 day' * ((n * 7919::bigint) % $1) / $1 as at
    from (select id, channel_id, row_number() over () as n from customer) numbered
  ) c`;

/** One of these stands in every message. */
const GOODS = `array[${[
  'guốc khăn nón yếm quạt ô ví túi vòng nhẫn kẹp trâm giày dép tất găng mũ đai nơ hoa',
  'lụa gấm nhung ren voan kaki len thun bố da bạc ngọc sứ gốm mây tre cói nến trà bánh',
]
  .join(' ')
  .split(' ')
  .map((word) => `'${word}'`)
  .join(',')}]`;

const messagesSql = `
  insert into message (id, session_id, channel_id, seq, direction, author, mid, text, occurred_at, received_at, state)
  select uuidv7()::text, s.id, s.channel_id, seq,
    case when out then 'out' else 'in' end,
    case when out then 'elsewhere' else 'customer' end,
    'm_' || lpad(seq::text, 4, '0') || s.id,
    'Chào shop, áo dài sen size M còn màu xanh không ạ? Mình ở Đà Nẵng, ship mấy ngày? Lấy thêm '
      || (${GOODS})[1 + mod(chance, cardinality(${GOODS}))] || ', mã AD' || chance / 64 % 100000,
    at, at, case when out then 'seen' else 'received' end
  from session s, generate_series(1, $1) seq,
    lateral (select hashtext(s.id || seq) & 2147483647 as chance) dice,
    lateral (select s.last_message_at - (10 - seq) * interval '5 minutes' as at,
      seq % 3 = 0 or (seq = $1 and not s.unanswered) as out) shape`;

/** The owner has read every other session that waits for an answer. */
const readMarksSql = `
  insert into read_mark (agent_id, session_id, last_read_seq)
  select agent.id, session.id, $1 from agent, session
  where agent.role = 'owner' and session.unanswered and hashtext(session.id) % 2 = 0`;
