import fc from 'fast-check';
import type { AgentId } from '#domain/ids.ts';
import { HOUR, MINUTE, SECOND } from '#domain/instant.ts';
import type { Policy } from '#domain/policy.ts';
import { an, binh, chi, clocks } from '#test/support/session-builders.ts';
import { ACCEPTED, type Reaction } from '#test/support/simulated-platform.ts';

/** Something that somebody does; what it refers to is picked among what there is when it happens. */
export type Act =
  | { do: 'write'; underway: number }
  | { do: 'available' }
  | { do: 'remove' | 'retry' | 'confirm' | 'deny'; pick: number; by: AgentId }
  | { do: 'reply' | 'take' | 'unassign' | 'reopen'; by: AgentId; stale: boolean }
  | { do: 'assign'; by: AgentId; to: AgentId; stale: boolean }
  | { do: 'done'; by: AgentId; unseen: number }
  | { do: 'elsewhere'; answer: boolean; ago: number }
  | { do: 'settings'; policy: Policy }
  | { do: 'leave'; by: AgentId }
  | { do: 'away'; by: AgentId; cause: 'offline' | 'shift ended' }
  | { do: 'back'; by: AgentId }
  | { do: 'distribution'; on: boolean }
  | { do: 'group'; by: AgentId; stale: boolean }
  | { do: 'supporters'; by: AgentId; agents: AgentId[] }
  | { do: 'snooze'; by: AgentId; minutes: number }
  | { do: 'unsnooze'; by: AgentId }
  | { do: 'all removed' };

/** A day: what happens when, how the platform behaves, and when our processes are down. */
export type Day = {
  steps: { after: number; act: Act }[];
  /** What slips in between a decision and its commit, commit by commit. */
  meanwhile: (Act | null)[];
  reactions: Reaction[];
  outages: { from: number; length: number }[];
  policy: Policy;
  distribution: boolean;
  sticky: boolean;
  /** Only who is online gets anything by the rules, and nobody more than this. */
  applyTo: 'online' | 'all';
  capacity: number | null;
  /** What the others of the channel hold. */
  load: number;
  hasClosingText: boolean;
  receives: boolean[];
  denials: boolean[];
};

const who = fc.constantFrom(an, binh, chi);
const pick = fc.nat(2);
const stale = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);

/** Two hours open and one closed, for days. */
const OPEN_HOURS = Array.from({ length: 100 }, (_, n): [number, number] => [
  180 * n - 60,
  180 * n + 60,
]);

const minutes = (max: number) => fc.integer({ min: 1, max });
const clockSettings = fc
  .record(
    {
      close: minutes(30),
      reassign: minutes(20),
      deadline: minutes(30),
      warn: minutes(10),
      open: fc.constant(OPEN_HOURS),
    },
    { requiredKeys: [] },
  )
  .map(({ deadline, warn = 0, ...others }) =>
    deadline === undefined || warn >= deadline
      ? clocks({ ...others })
      : clocks({ ...others, deadline, warn }),
  );

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      underway: fc.constantFrom(0, 0, 1, 3 * SECOND),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('reply' as const), by: who, stale: fc.constant(false) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('take', 'unassign', 'reopen' as const),
      by: who,
      stale,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('assign' as const), by: who, to: who, stale }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('done' as const), by: who, unseen: fc.nat(1) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('remove', 'retry', 'confirm', 'deny' as const),
      pick,
      by: who,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('elsewhere' as const),
      answer: fc.boolean(),
      ago: fc.constantFrom(0, SECOND, 5 * MINUTE),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('settings' as const), policy: clockSettings }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'available' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), by: who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('away' as const),
      by: who,
      cause: fc.constantFrom('offline', 'shift ended' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('back', 'unsnooze' as const), by: who }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('distribution' as const), on: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('group' as const), by: who, stale }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('supporters' as const),
      by: who,
      agents: fc.subarray([an, binh, chi]),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('snooze' as const),
      by: who,
      minutes: fc.constantFrom(0, 1, 10, 60),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'all removed' }) },
);

const reaction: fc.Arbitrary<Reaction> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ACCEPTED) },
  {
    weight: 2,
    arbitrary: fc.record({
      claimedAfter: fc.constantFrom(0, 100, 1_000, 4_000, 6_000, null),
      report: fc.constantFrom('sent', 'failed', 'failed', 'later', 'unknown', 'nothing' as const),
      reportedAfter: fc.constantFrom(1, 400, 9_000, 40_000),
      arrives: fc.boolean(),
      echoAfter: fc.constantFrom(null, 1, 800, 35_000, 10 * MINUTE),
      looks: fc.boolean(),
    }),
  },
);

export const day: fc.Arbitrary<Day> = fc.record({
  steps: fc.array(
    fc.record({
      after: fc.constantFrom(0, 1, SECOND, 7 * SECOND, MINUTE, 5 * MINUTE, 20 * MINUTE, 2 * HOUR),
      act,
    }),
    { maxLength: 40, size: 'max' },
  ),
  meanwhile: fc.array(fc.option(act, { freq: 2 }), { maxLength: 20, size: 'max' }),
  reactions: fc.array(reaction, { minLength: 1, maxLength: 6 }),
  outages: fc.array(
    fc.record({ from: fc.nat(4 * HOUR), length: fc.constantFrom(SECOND, MINUTE, HOUR) }),
    { maxLength: 3 },
  ),
  policy: clockSettings,
  distribution: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
  sticky: fc.boolean(),
  applyTo: fc.constantFrom('online' as const, 'all' as const),
  capacity: fc.option(fc.nat(2)),
  load: fc.nat(2),
  hasClosingText: fc.boolean(),
  receives: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  denials: fc.array(
    fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    { maxLength: 10 },
  ),
});
