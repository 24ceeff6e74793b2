/** Dry run of a change of the workspace's clocks (R64): reads what happened, counts, writes nothing. */
import { setImmediate as others } from 'node:timers/promises';
import type { ClocksDryRun, ClocksDryRunRequest } from '#contracts/dry-run.ts';
import {
  CLOCKED,
  countClocks,
  noCounts,
  totalOf,
  type ClockSide,
  type Period,
} from '#domain/dry-run/clocks.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import { DAY } from '#domain/instant.ts';
import type { Policy } from '#domain/policy.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Db } from './database.ts';
import { boundedStart, eventsOf, sessionsAtWork } from './dry-run-sessions.ts';
import { nameOf, namesOf } from './names.ts';
import { POLICY_COLUMNS, toPolicy, type StoredPolicy } from './policy.ts';
import { mustHaveHours } from './settings.ts';

/** Sessions that are counted before others get their turn. */
const SLICE = 100;

/**
 * @param channels whose sessions the asker may see (R23)
 * @throws Problem INVALID when a clock is to follow business hours that there are not
 */
export async function dryRunClocks(
  db: Db,
  channels: readonly ChannelId[],
  asked: ClocksDryRunRequest,
): Promise<ClocksDryRun> {
  const now = Date.now();
  const from = await boundedStart(db, channels, new Date(now - asked.days * DAY));
  const stored = await db
    .selectFrom('workspace')
    .select(POLICY_COLUMNS)
    .executeTakeFirstOrThrow(() => new Error('No workspace: create one first, see local/demo.ts'));
  const { autoClose, reassign, deadline, hours = stored.business_hours } = asked;
  const clocks = { autoClose, reassign, deadline };
  mustHaveHours(clocks, hours);
  // What runs in the period may have begun long before it: all hours that can be known count.
  const policyOf = (settings: StoredPolicy) => toPolicy(settings, 0, now);
  const run: Run = {
    period: { from: from.getTime(), until: now },
    present: { policy: policyOf(stored), counted: new Map() },
    proposed: {
      policy: policyOf({ ...stored, clocks, business_hours: hours }),
      counted: new Map(),
    },
  };
  for (const channel of channels)
    for await (const portion of sessionsAtWork(db, channel, from))
      await count(run, [...(await eventsOf(db, portion, CLOCKED)).values()]);
  const { present, proposed } = run;
  return {
    from,
    to: new Date(now),
    total: { present: totalOf(present.counted), proposed: totalOf(proposed.counted) },
    agents: await byAgent(db, present.counted, proposed.counted),
  };
}

type Counted = { policy: Policy; counted: ClockSide };
type Run = { period: Period; present: Counted; proposed: Counted };

async function count(run: Run, sessions: readonly SessionEvent[][]): Promise<void> {
  for (const [index, events] of sessions.entries()) {
    for (const { policy, counted } of [run.present, run.proposed])
      countClocks(counted, events, policy, run.period);
    if (index % SLICE === 0) await others();
  }
}

async function byAgent(
  db: Db,
  present: ClockSide,
  proposed: ClockSide,
): Promise<ClocksDryRun['agents']> {
  const agents = [...new Set<AgentId | null>([...present.keys(), ...proposed.keys()])];
  const names = await namesOf(
    db,
    agents.filter((agent) => agent !== null),
  );
  return agents.map((agent) => ({
    agent: nameOf(names, agent),
    present: present.get(agent) ?? noCounts(),
    proposed: proposed.get(agent) ?? noCounts(),
  }));
}
