/** Bringing sessions to rest, and out of the way of the next race. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inTurns } from './facts.ts';
import type { Violation } from './invariants.ts';
import { isQuiet, lookAt, type Look } from './watch.ts';
import type { World } from './world.ts';

/** A doubtful message may take: attempt 18 s, the echo's chance 30 s, three looks of 15 s. Killed processes, some more. */
const PATIENCE_MS = 150_000;
const LOOK_EVERY_MS = 250;

/**
 * Waits until nothing is on its way any more: webhooks, deliveries, entries, settings and outgoing messages.
 * @returns a violation for each session that does not come to rest
 */
export async function settle(
  world: World,
  customers: readonly string[],
  patienceMs = PATIENCE_MS,
): Promise<Violation[]> {
  const end = Date.now() + patienceMs;
  let restless: Look[] = [];
  let onTheWay = 'nothing yet';
  while (Date.now() < end) {
    onTheWay = await somethingOnTheWay(world).catch((error: unknown) => String(error));
    if (onTheWay === '') {
      const version = await settingsVersion(world);
      const looks = await lookAt(world.db, customers);
      restless = [...looks.values()].filter((look) => !isQuiet(look) || isBehind(look, version));
      if (looks.size === customers.length && restless.length === 0) return [];
    }
    await sleep(LOOK_EVERY_MS);
  }
  if (onTheWay !== '')
    return [{ session: 'all', check: 'everything comes to rest', what: onTheWay }];
  return restless.map((look) => ({
    session: look.id,
    check: 'everything comes to rest',
    what: JSON.stringify(look),
  }));
}

/** R17: an open session follows the newest settings. */
function isBehind({ status, state }: Look, version: number): boolean {
  return status === 'open' && (state?.policy.version ?? 0) < version;
}

async function settingsVersion({ db }: World): Promise<number> {
  const row = await db.selectFrom('workspace').select('settings_version').executeTakeFirstOrThrow();
  return row.settings_version;
}

/** @returns what is on its way, in words; empty = nothing */
async function somethingOnTheWay({ db, meta }: World): Promise<string> {
  const pending = await meta.pending();
  if (pending > 0) return `${pending} webhooks are not acknowledged`;
  const delivery = await db
    .selectFrom('webhook_delivery')
    .select('id')
    .where('state', '=', 'new')
    .limit(1)
    .executeTakeFirst();
  if (delivery !== undefined) return `delivery ${delivery.id} has not been read`;
  const fanOut = await db
    .selectFrom('settings_fanout')
    .select('version')
    .where('done_at', 'is', null)
    .executeTakeFirst();
  return fanOut === undefined ? '' : `settings ${fanOut.version} are not told to all`;
}

const AT_ONCE = 16;

/** Marks all of these sessions Done, by hand. */
export async function retire(world: World, customers: readonly string[]): Promise<void> {
  const looks = await lookAt(world.db, customers);
  const open = [...looks.values()].filter(({ status }) => status !== 'done');
  await inTurns(open, AT_ONCE, async ({ id, lastSeq }) => {
    for (;;) {
      const outcome = await world.admin.command(id, { type: 'done', seenSeq: lastSeq });
      if (outcome.is === 'done') return;
      // A machine that is too busy to carry it out in ten seconds.
      if (outcome.code !== 'EXPIRED') throw new Error(`Cannot mark ${id} Done: ${outcome.code}`);
    }
  });
}
