import { setTimeout as sleep } from 'node:timers/promises';
import { latencies } from '#bench/harness/latency.ts';
import { sendAll, sendSteadily, type Request } from '#bench/harness/load.ts';
import { orderKept } from '#bench/harness/numbers.ts';
import type { Line, Row } from '#bench/harness/row.ts';
import { saveClocks } from '#bench/setup/clocks.ts';
import type { Installation } from '#bench/setup/installation.ts';
import { answeredElsewhere, customerWrites, newCustomers } from '#bench/setup/webhooks.ts';
import { LONG_CLOCKS } from '#bench/setup/workspace.ts';

const MOST_LATE_MS = 1_000;
const LEAST_PER_SECOND = 60;
/** Of the order in which deadlines fell due and that in which they were told: see `orderKept`. */
const LEAST_IN_ORDER = 0.9;
const CONNECTIONS = 32;
const LOOK_EVERY_MS = 15;

/** How late a missed deadline is seen: a few at a time, and a thousand within a second or two. */
export const timers: Row = {
  name: 'timers',
  async measure(bench) {
    const inbox = await bench.running();
    const lines = [
      await lateness(inbox, { seconds: bench.size(20, 6) }),
      ...(await massDue(inbox, { count: bench.size(1_000, 200) })),
    ];
    await saveClocks(inbox, LONG_CLOCKS);
    await inbox.settled();
    return lines;
  },
};

/** Five sessions per second, each overdue after four seconds. */
async function lateness(inbox: Installation, { seconds }: { seconds: number }): Promise<Line> {
  const perSecond = 5;
  await setDeadline(inbox, 4);
  const customers = newCustomers(perSecond * seconds);
  const seen = watchOverdue(inbox, { count: customers.length, since: new Date() });
  await sendSteadily(inbox.url, {
    perSecond,
    seconds,
    next: (n) => customerWrites(customers[n] ?? ''),
  });
  const lateMs = (await seen).map(({ dueAt, seenAt }) => seenAt - dueAt);
  const most = Math.max(...lateMs);
  return {
    what: `timers: how late ${lateMs.length} missed deadlines stand in the list, ${perSecond}/s`,
    measured: `${latencies(lateMs)}, most ${most.toFixed(0)} ms`,
    floor: null,
    ratio: null,
    bar: `≤ ${MOST_LATE_MS / 1_000} s late`,
    isMet: most <= MOST_LATE_MS,
    samples: { lateMs },
  };
}

/** Everybody is answered, then everybody writes at once, and nobody answers. */
async function massDue(inbox: Installation, { count }: { count: number }): Promise<Line[]> {
  const sessions = await inbox.openSessions(count);
  const customers = sessions.map(({ customer }) => customer);
  // Time to take all of them in before the first falls due.
  await setDeadline(inbox, Math.max(10, Math.ceil(count / 30)));
  await sendInOrder(inbox, customers.map(answeredElsewhere));
  await inbox.settled();
  const since = new Date();
  await sendInOrder(inbox, customers.map(customerWrites));
  const seen = await watchOverdue(inbox, { count, since });
  const first = Math.min(...seen.map(({ dueAt }) => dueAt));
  const last = Math.max(...seen.map(({ seenAt }) => seenAt));
  const perSecond = count / ((last - first) / 1_000);
  const order = await orderOf(inbox, seen);
  const about = { floor: null, ratio: null };
  return [
    {
      what: `timers: ${count} deadlines missed within ${spreadOf(seen)} s`,
      measured: `${perSecond.toFixed(0)}/s`,
      ...about,
      bar: `≥ ${LEAST_PER_SECOND}/s`,
      isMet: perSecond >= LEAST_PER_SECOND,
    },
    {
      what: '… and in which order',
      measured: `rank correlation ${order.toFixed(2)}`,
      ...about,
      bar: `oldest first (≥ ${LEAST_IN_ORDER})`,
      isMet: order >= LEAST_IN_ORDER,
    },
  ];
}

async function setDeadline(inbox: Installation, afterSeconds: number): Promise<void> {
  const deadline = { on: true, afterSeconds, warnBeforeSeconds: 1 };
  await saveClocks(inbox, { ...LONG_CLOCKS, deadline });
  // The relay hears of the new settings half a second later.
  await sleep(1_000);
  await inbox.settled();
}

async function sendInOrder({ url }: Installation, webhooks: readonly Request[]): Promise<void> {
  await sendAll(url, webhooks, CONNECTIONS);
}

/** Times in epoch ms. */
type Overdue = { id: string; dueAt: number; seenAt: number };

/** Looks until the waits of so many sessions are overdue that began after `since`. */
async function watchOverdue(
  { pool }: Installation,
  { count, since }: { count: number; since: Date },
): Promise<Overdue[]> {
  const seen = new Map<string, Overdue>();
  const giveUpAt = Date.now() + 120_000;
  while (seen.size < count) {
    const { rows } = await pool.query<{ id: string; dueAt: Date }>({
      name: 'overdue',
      text: `select id, due_at as "dueAt" from session
        where status <> 'done' and overdue_at >= $1 and waiting_since >= $1`,
      values: [since],
    });
    const seenAt = Date.now();
    for (const { id, dueAt } of rows)
      if (!seen.has(id)) seen.set(id, { id, dueAt: dueAt.getTime(), seenAt });
    if (Date.now() > giveUpAt)
      throw new Error(`Of ${count} missed deadlines only ${seen.size} were seen`);
    await sleep(LOOK_EVERY_MS);
  }
  return [...seen.values()];
}

/** How well the order of the commits follows that of the deadlines. */
async function orderOf({ pool }: Installation, seen: readonly Overdue[]): Promise<number> {
  const { rows } = await pool.query<{ id: string; place: number }>(
    `select session_id as id, max(id) as place from change where topic = 'session' group by 1`,
  );
  const places = new Map(rows.map(({ id, place }) => [id, place]));
  return orderKept(
    seen.map(({ dueAt }) => dueAt),
    seen.map(({ id }) => places.get(id) ?? 0),
  );
}

function spreadOf(seen: readonly Overdue[]): string {
  const due = seen.map(({ dueAt }) => dueAt);
  return ((Math.max(...due) - Math.min(...due)) / 1_000).toFixed(1);
}
