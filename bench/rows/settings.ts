import { inTurn, rateLine } from '#bench/harness/pairs.ts';
import type { Row } from '#bench/harness/row.ts';
import { whenTrue } from '#bench/harness/watch.ts';
import { saveClocks } from '#bench/setup/clocks.ts';
import type { Installation } from '#bench/setup/installation.ts';
import { LONG_CLOCKS } from '#bench/setup/workspace.ts';

/** A change of the clocks, until all open sessions run by the new ones. */
export const settings: Row = {
  name: 'settings',
  async measure(bench) {
    const inbox = await bench.running();
    const floor = await inbox.bareSessions();
    const least = bench.size(1_000, 200);
    await inbox.openSessions(least);
    const open = await countOpen(inbox);
    const pairs = await inTurn({
      runs: 3,
      ours: () => retime(inbox, open),
      floor: () => floor.tell(bench.size(400, 100)),
      note: bench.note,
    });
    return [rateLine(`settings: ${open} open sessions re-timed`, pairs, 0.5)];
  },
};

/** @returns sessions per second */
async function retime(inbox: Installation, open: number): Promise<number> {
  const started = performance.now();
  const version = await saveClocks(inbox, LONG_CLOCKS);
  const ended = await whenTrue(
    'all open sessions run by the new settings',
    async () => {
      const { rows } = await inbox.pool.query<{ retimed: number }>(
        `select count(*)::int as retimed from session
      where status = 'open' and (state->'policy'->>'version')::int = $1`,
        [version],
      );
      return rows[0]?.retimed === open;
    },
    { everyMs: 50 },
  );
  await inbox.settled();
  return open / ((ended - started) / 1_000);
}

async function countOpen({ pool }: Installation): Promise<number> {
  const { rows } = await pool.query<{ open: number }>(
    `select count(*)::int as open from session where status = 'open'`,
  );
  return rows[0]?.open ?? 0;
}
