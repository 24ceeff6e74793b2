import { sendAll } from '#bench/harness/load.ts';
import { inTurn, rateLine } from '#bench/harness/pairs.ts';
import type { Row } from '#bench/harness/row.ts';
import { whenTrue } from '#bench/harness/watch.ts';
import type { Installation, OpenSession } from '#bench/setup/installation.ts';
import { customerWrites } from '#bench/setup/webhooks.ts';

const CONNECTIONS = 16;

/** Messages to open sessions, from the webhook to the committed turn. */
export const followUps: Row = {
  name: 'follow-ups',
  async measure(bench) {
    const inbox = await bench.running();
    const floor = await inbox.bareSessions();
    const count = bench.size(400, 100);
    const sessions = await inbox.openSessions(count);
    const runs = bench.size(5, 3);
    const measure = (each: number) =>
      inTurn({
        runs,
        ours: () => follow(inbox, sessions, each),
        floor: () => floor.tell(count),
        note: bench.note,
      });
    return [
      rateLine(`follow-ups: one to each of ${count} open sessions`, await measure(1), 0.7),
      rateLine(`follow-ups: four to each of ${count} open sessions`, await measure(4), 2),
    ];
  },
};

/** @returns messages per second */
async function follow(
  { url, pool, settled }: Installation,
  sessions: readonly OpenSession[],
  each: number,
): Promise<number> {
  const ids = sessions.map(({ id }) => id);
  const applied = async () => {
    const { rows } = await pool.query<{ applied: number }>(
      'select sum(applied_seq)::int as applied from session where id = any($1)',
      [ids],
    );
    return rows[0]?.applied ?? 0;
  };
  const wanted = (await applied()) + each * ids.length;
  // Round by round: nobody writes four messages at the same instant.
  const webhooks = Array.from({ length: each }, () =>
    sessions.map(({ customer }) => customerWrites(customer)),
  ).flat();
  const started = performance.now();
  await sendAll(url, webhooks, CONNECTIONS);
  const ended = await whenTrue('all messages are applied', async () => (await applied()) >= wanted);
  await settled();
  return webhooks.length / ((ended - started) / 1_000);
}
