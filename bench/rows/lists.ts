import pg from 'pg';
import { latencies, ms } from '#bench/harness/latency.ts';
import { sendAll } from '#bench/harness/load.ts';
import { median, percentile } from '#bench/harness/numbers.ts';
import type { Line, Row } from '#bench/harness/row.ts';
import { writeHistory, type History } from '#bench/setup/history.ts';
import type { Installation } from '#bench/setup/installation.ts';
import { separateInbox, webOnlyApi } from '#bench/setup/separate.ts';

const AT_ONCE = 16;
const MOST_MS = 20;
const MOST_MS_OF_SEARCH = 100;
const MOST_TIMES_BARE = 3;
const MOST_GROWTH = 1.5;

/** What the inbox reads, sixteen agents at a time, beside the bare query for the same rows. */
export const lists: Row = {
  name: 'lists',
  async measure(bench) {
    const inbox = await bench.apart();
    const size = { sessions: bench.size(100_000, 10_000), messagesEach: 10 };
    const reads = bench.size(2_000, 500);
    const stand = await createStand(inbox, 'many', size);
    const of = `${thousands(size.sessions)} sessions, ${thousands(10 * size.sessions)} messages`;
    const lines: Line[] = [];
    for (const [what, paths, bare] of subjects(stand)) {
      const [ours, floor]: number[][] = [[], []];
      for (let run = 0; run < 3; run += 1) {
        ours?.push(...(await readThrough(stand, paths, reads)));
        floor?.push(...(await readBare(stand, bare, reads)));
      }
      lines.push(line(`${what}, ${of}, ${AT_ONCE} at a time`, ours ?? [], floor ?? []));
    }
    for (const [what, texts] of searches) {
      const paths = texts.map((text) => `sessions?view=all&q=${encodeURIComponent(text)}`);
      const ours = await readThrough(stand, paths, reads);
      lines.push(searchLine(`search: ${what}, ${of}, ${AT_ONCE} at a time`, ours));
    }
    lines.push(await growth(inbox, { isQuick: bench.isQuick, reads }));
    await stand.close();
    return lines;
  },
};

/** An inbox of a certain size, and an API that only reads it. */
type Stand = {
  url: string;
  token: string;
  pool: pg.Pool;
  sessions: string[];
  channels: string[];
  close(): Promise<void>;
};

async function createStand(inbox: Installation, name: string, size: History): Promise<Stand> {
  const separate = await separateInbox(inbox, `lists_${name}`);
  await writeHistory(separate.databaseUrl, separate.workspace, size);
  const api = await webOnlyApi(inbox, separate);
  const pool = new pg.Pool({ connectionString: separate.databaseUrl, max: AT_ONCE });
  const ids = async (sql: string) =>
    (await pool.query<{ id: string }>(sql)).rows.map(({ id }) => id);
  return {
    url: api.url,
    token: separate.workspace.owner.token,
    pool,
    sessions: await ids('select id from session order by random() limit 500'),
    channels: await ids('select id from channel order by id'),
    async close() {
      await api.stop();
      await pool.end();
    },
  };
}

type Bare = { text: string; values: readonly unknown[][] };

/** What is read, by which paths, and the least that Postgres must do for it. */
function subjects(stand: Stand): [string, string[], Bare][] {
  const { channels, sessions } = stand;
  const each = (ids: readonly string[]) => ids.map((id) => [id]);
  const views = ['main', 'unassigned', 'unread', 'overdue', 'done'];
  return [
    ['list, main view', ['sessions'], { text: bareList, values: [[channels]] }],
    [
      'list, five views in turn',
      views.map((view) => `sessions?view=${view}`),
      { text: bareList, values: [[channels]] },
    ],
    [
      'thread',
      sessions.map((id) => `sessions/${id}/messages`),
      { text: bareThread, values: each(sessions) },
    ],
    ['menu counts', ['sessions/counts'], { text: bareCounts, values: [[channels]] }],
  ];
}

/** What stands in all messages, in one of forty, in some ten, in names, and what never stands together (bench/setup/history.ts). */
const searches: [string, string[]][] = [
  ['a word of all messages', ['shop', 'da nang']],
  ['a word of one message in forty', ['guốc', 'khăn', 'nón', 'yếm']],
  ['a word of ten messages', ['ad1234', 'ad54321', 'AD777', 'ad9999', 'ad40404']],
  ['a name', ['Trần Ngọc Hương', 'le thu ha', 'Phạm']],
  ['two words that are never in one message', ['guốc yếm', 'khăn nón']],
];

const bareList = `
  select s.*, c.name
  from unnest($1::text[]) channel(id) cross join unnest('{message,comment}'::text[]) kind(name) cross join lateral (
    select id, customer_id, status, assignee_id, last_message_at, preview, waiting_since, due_at, overdue_at
    from session
    where channel_id = channel.id and kind = kind.name and status <> 'done' and snoozed_until is null
    order by last_message_at desc, id desc limit 51) s
  join customer c on c.id = s.customer_id
  order by s.last_message_at desc, s.id desc limit 51`;

const bareThread = `
  select id, seq, direction, author, text, attachments, occurred_at, received_at, state
  from message where session_id = $1 order by seq desc, id desc limit 51`;

const bareCounts = `
  select
    (select count(*) from (select from session
      where channel_id = any($1) and status <> 'done' limit 100) n) as main,
    (select count(*) from (select from session
      where channel_id = any($1) and status <> 'done' and assignee_id is null limit 100) n) as unassigned,
    (select count(*) from (select from session
      where channel_id = any($1) and status <> 'done' and overdue_at is not null limit 100) n) as overdue,
    (select count(*) from (select from session
      where channel_id = any($1) and status = 'done' limit 100) n) as done,
    (select count(*) from (select from session
      where channel_id = any($1) and status <> 'done' and unanswered limit 100) n) as unread,
    (select count(*) from (select from session s join message m on m.session_id = s.id
      where s.channel_id = any($1) and s.status <> 'done' and s.unanswered and s.assignee_id is null
        and m.seq > 9 and m.direction = 'in' limit 100) n) as menu`;

async function readThrough(stand: Stand, paths: readonly string[], reads: number) {
  const headers = { authorization: `Bearer ${stand.token}` };
  const requests = Array.from({ length: reads }, (_, n) => ({
    method: 'GET' as const,
    path: `/api/${paths[n % paths.length] ?? ''}`,
    headers,
  }));
  return (await sendAll(stand.url, requests, AT_ONCE)).latenciesMs;
}

async function readBare({ pool }: Stand, { text, values }: Bare, reads: number) {
  const taken: number[] = [];
  let next = 0;
  const read = async () => {
    while (next < reads) {
      const mine = values[next % values.length] ?? [];
      next += 1;
      const started = performance.now();
      await pool.query({ name: text.slice(0, 60), text, values: mine });
      taken.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  return taken;
}

function line(what: string, ours: number[], floor: number[]): Line {
  const p95 = percentile(ours, 0.95);
  const ratio = p95 / percentile(floor, 0.95);
  return {
    what,
    measured: latencies(ours),
    floor: latencies(floor),
    ratio,
    bar: `p95 ≤ ${MOST_MS} ms, ≤ ${MOST_TIMES_BARE} × bare query`,
    isMet: p95 <= MOST_MS && ratio <= MOST_TIMES_BARE,
    samples: { ours, floor },
  };
}

function searchLine(what: string, ours: number[]): Line {
  return {
    what,
    measured: latencies(ours),
    floor: null,
    ratio: null,
    bar: `p95 ≤ ${MOST_MS_OF_SEARCH} ms`,
    isMet: percentile(ours, 0.95) <= MOST_MS_OF_SEARCH,
    samples: { ours },
  };
}

/** The list alone, over an inbox a hundred times as large. */
async function growth(
  inbox: Installation,
  { isQuick, reads }: { isQuick: boolean; reads: number },
) {
  const [few, many] = isQuick ? [1_000, 100_000] : [10_000, 1_000_000];
  const [small, large] = [
    await createStand(inbox, 'small', { sessions: few, messagesEach: 1 }),
    await createStand(inbox, 'large', { sessions: many, messagesEach: 1 }),
  ];
  const paths = ['main', 'unassigned', 'overdue', 'done'].map((view) => `sessions?view=${view}`);
  const [ours, floor]: number[][] = [[], []];
  for (let run = 0; run < 3; run += 1) {
    floor?.push(...(await readThrough(small, paths, reads)));
    ours?.push(...(await readThrough(large, paths, reads)));
  }
  await Promise.all([small.close(), large.close()]);
  const ratio = median(ours ?? []) / median(floor ?? []);
  return {
    what: `list, from ${thousands(few)} (floor) to ${thousands(many)} sessions`,
    measured: latencies(ours ?? []),
    floor: latencies(floor ?? []),
    ratio,
    bar: `p50 grows < ${ms(MOST_GROWTH)} ×`,
    isMet: ratio < MOST_GROWTH,
  };
}

function thousands(count: number): string {
  return count.toLocaleString('en').replaceAll(',', ' ');
}
