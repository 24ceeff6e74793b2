import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { latencies, ms } from '#bench/harness/latency.ts';
import { percentile } from '#bench/harness/numbers.ts';
import type { Line, Row } from '#bench/harness/row.ts';
import { whenTrue } from '#bench/harness/watch.ts';
import type { Installation, OpenSession } from '#bench/setup/installation.ts';

const REPLY_MS = 30;
const COMMAND_MS = 100;
const PAUSE_MS = 60;

/** What an agent waits for, nothing else going on. */
export const askedIdle: Row = {
  name: 'asked-idle',
  async measure(bench) {
    const inbox = await bench.running();
    const sessions = await inbox.openSessions(bench.size(100, 30));
    // Else the sandbox would refuse to deliver to them.
    for (const { customer } of sessions) await makeKnown(inbox, customer);
    const [accepted, answered, commanded]: number[][] = [[], [], []];
    for (let round = 0; round < bench.size(2, 2); round += 1) {
      for (const session of sessions) {
        const replied = await reply(inbox, session);
        accepted?.push(replied.acceptedMs);
        answered?.push(replied.answeredMs);
        await rest(inbox);
        commanded?.push(await passOn(inbox, session));
        await rest(inbox);
      }
    }
    return [
      line('a reply stands in the thread as queued', accepted ?? [], REPLY_MS),
      line('a reply is answered (201: taken in by its session)', answered ?? [], COMMAND_MS),
      line('a command is answered (200: done)', commanded ?? [], COMMAND_MS),
    ];
  },
};

function line(what: string, values: number[], most: number): Line {
  const p95 = percentile(values, 0.95);
  return {
    what: `${what}, idle, ${values.length} times`,
    measured: latencies(values),
    floor: null,
    ratio: null,
    bar: `p95 ≤ ${ms(most)} ms`,
    isMet: p95 <= most,
    samples: { ours: values },
  };
}

async function rest(inbox: Installation): Promise<void> {
  await inbox.settled();
  await sleep(PAUSE_MS);
}

async function makeKnown({ stack }: Installation, id: string): Promise<void> {
  await mustSucceed(
    fetch(`${stack.sandbox.url}/sandbox/customers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, name: 'Khách' }),
    }),
  );
}

async function reply(inbox: Installation, { id }: OpenSession) {
  const key = randomUUID();
  const seenSeq = await newestSeq(inbox, id);
  const started = performance.now();
  const answered = ask(inbox, `${id}/replies`, { key, body: { text: 'Dạ còn ạ!', seenSeq } });
  const accepted = whenTrue(
    'the reply is stored',
    async () => {
      const { rows } = await inbox.pool.query({
        name: 'is-accepted',
        text: 'select from command where idempotency_key = $1',
        values: [key],
      });
      return rows.length > 0;
    },
    { everyMs: 1 },
  );
  const acceptedMs = (await accepted) - started;
  return { acceptedMs, answeredMs: (await answered) - started };
}

/** From who has the session to another of the team. @returns milliseconds */
async function passOn(inbox: Installation, { id }: OpenSession): Promise<number> {
  const from = await assigneeOf(inbox, id);
  const agent = inbox.workspace.team.find((one) => one !== from);
  const body = { type: 'assign', from, agent };
  const started = performance.now();
  return (await ask(inbox, `${id}/commands`, { key: randomUUID(), body })) - started;
}

/** @returns when it was answered */
async function ask(
  { url, asOwner }: Installation,
  path: string,
  { key, body }: { key: string; body: object },
): Promise<number> {
  const answer = await mustSucceed(
    fetch(`${url}/api/sessions/${path}`, {
      method: 'POST',
      headers: asOwner(key),
      body: JSON.stringify(body),
    }),
  );
  if (answer.status === 202) throw new Error('The session took no notice within three seconds');
  await answer.arrayBuffer();
  return performance.now();
}

async function mustSucceed(asked: Promise<Response>): Promise<Response> {
  const answer = await asked;
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
  return answer;
}

async function newestSeq({ pool }: Installation, id: string): Promise<number> {
  const { rows } = await pool.query<{ seq: number }>(
    'select max(seq) as seq from message where session_id = $1',
    [id],
  );
  return rows[0]?.seq ?? 0;
}

async function assigneeOf({ pool }: Installation, id: string): Promise<string | null> {
  const { rows } = await pool.query<{ assignee: string | null }>(
    'select assignee_id as assignee from session where id = $1',
    [id],
  );
  return rows[0]?.assignee ?? null;
}
