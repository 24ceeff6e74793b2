import fc from 'fast-check';
import type { AgentId } from '#domain/ids.ts';
import { HOUR, MINUTE, SECOND, type Instant } from '#domain/instant.ts';
import type { Policy } from '#domain/policy.ts';
import type { Command } from '#domain/session/entry.ts';
import { isOpen } from '#domain/session/session.ts';
import { an, binh, chi, clocks, minute } from '#test/support/session-builders.ts';
import { Simulation } from '#test/support/simulate.ts';
import { ACCEPTED, type Reaction } from '#test/support/simulated-platform.ts';

/** Something that somebody does; what it refers to is picked among what there is when it happens. */
type Act =
  | { do: 'write'; underway: number }
  | { do: 'available' }
  | { do: 'remove' | 'retry' | 'confirm' | 'deny'; pick: number; by: AgentId }
  | { do: 'reply' | 'take' | 'unassign' | 'reopen'; by: AgentId; stale: boolean }
  | { do: 'assign'; by: AgentId; to: AgentId; stale: boolean }
  | { do: 'done'; by: AgentId; unseen: number }
  | { do: 'elsewhere'; answer: boolean; ago: number }
  | { do: 'settings'; policy: Policy }
  | { do: 'leave'; by: AgentId };

/** A day: what happens when, how the platform behaves, and when our processes are down. */
export type Day = {
  steps: { after: number; act: Act }[];
  /** What slips in between a decision and its commit, commit by commit. */
  meanwhile: (Act | null)[];
  reactions: Reaction[];
  outages: { from: number; length: number }[];
  policy: Policy;
  distribution: boolean;
  hasClosingText: boolean;
  receives: boolean[];
  denials: boolean[];
};

const who = fc.constantFrom(an, binh, chi);
const pick = fc.nat(2);
const stale = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);

const minutes = (max: number) => fc.integer({ min: 1, max });
const clockSettings = fc
  .record(
    { close: minutes(30), reassign: minutes(20), deadline: minutes(30), warn: minutes(10) },
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
  hasClosingText: fc.boolean(),
  receives: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  denials: fc.array(
    fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    { maxLength: 10 },
  ),
});

/** Lives through a day and the hours after it, in which the platform takes everything. */
export function live(lived: Day): Simulation {
  const reactions = cycle([...lived.reactions, ACCEPTED]);
  const meanwhile = [...lived.meanwhile];
  const denials = [...lived.denials];
  const sim: Simulation = new Simulation(minute(0), {
    policy: lived.policy,
    hasClosingText: lived.hasClosingText,
    facts: {
      distribution: lived.distribution,
      team: [an, binh, chi].map((agent, index) => ({
        agent,
        disabled: false,
        receives: lived.receives[index] ?? true,
      })),
      cursor: null,
    },
    react: reactions,
    meanwhile: () => {
      const next = meanwhile.shift() ?? null;
      if (next !== null) perform(sim, next);
      return [];
    },
    mayAct: ({ agent }) =>
      denials.shift() !== true &&
      sim.world.facts.team.some((one) => one.agent === agent && !one.disabled),
    awake: (at) => awake(lived.outages, at),
  });
  let at = sim.now;
  for (const step of lived.steps) {
    at += step.after;
    sim.at(at, () => {
      perform(sim, step.act);
    });
  }
  sim.run(at);
  sim.world.react = () => ACCEPTED;
  return sim.run(at + 24 * HOUR);
}

function cycle(reactions: readonly Reaction[]): () => Reaction {
  let next = 0;
  return () => reactions[next++ % reactions.length] ?? ACCEPTED;
}

function awake(outages: Day['outages'], at: Instant): Instant {
  const down = outages.find(
    ({ from, length }) => minute(0) + from <= at && at < minute(0) + from + length,
  );
  return down === undefined ? at : awake(outages, minute(0) + down.from + down.length);
}

function perform(sim: Simulation, { ...act }: Act): void {
  const customerSeqs = sim.journal.flatMap((entry) =>
    entry.kind === 'customer_message' ? [entry.seq] : [],
  );
  const assignee = isOpen(sim.session) ? sim.session.assignee : null;
  const order = (by: AgentId, command: Command): void => {
    const expiresAt = sim.now + 10 * SECOND;
    sim.write({ kind: 'command', commandId: sim.newCommand(), agent: by, expiresAt, command });
  };
  switch (act.do) {
    case 'write': {
      // Messages come in the order of their arrival, but an agent's click may be written down before them.
      const last = sim.journal.findLast(({ kind }) => kind === 'customer_message')?.at ?? 0;
      const at = Math.max(last, sim.now - act.underway);
      sim.write({ kind: 'customer_message', messageId: sim.newMessage() }, at);
      return;
    }
    case 'remove': {
      const ofSeq = customerSeqs.at(-1 - act.pick);
      if (ofSeq !== undefined) sim.write({ kind: 'customer_message_removed', ofSeq });
      return;
    }
    case 'reply': {
      const ids = { commandId: sim.newCommand(), messageId: sim.newMessage() };
      sim.write({ kind: 'reply', agent: act.by, ...ids });
      return;
    }
    case 'take':
      order(act.by, { type: 'take', from: act.stale ? chi : assignee });
      return;
    case 'assign':
      order(act.by, { type: 'assign', from: act.stale ? chi : assignee, agent: act.to });
      return;
    case 'unassign':
      order(act.by, { type: 'unassign', from: act.stale ? chi : (assignee ?? an) });
      return;
    case 'reopen':
      order(act.by, { type: 'reopen' });
      return;
    case 'done':
      order(act.by, { type: 'done', seenSeq: customerSeqs.at(-1 - act.unseen) ?? 0 });
      return;
    case 'retry':
    case 'confirm':
    case 'deny': {
      const { unsent } = sim.session;
      const messageId = unsent[act.pick % Math.max(1, unsent.length)]?.messageId;
      if (messageId === undefined) return;
      if (act.do === 'retry') order(act.by, { type: 'retry', messageId });
      else order(act.by, { type: 'confirm', messageId, arrived: act.do === 'confirm' });
      return;
    }
    case 'elsewhere': {
      const sentAt = sim.now - act.ago;
      const { answer } = act;
      sim.write({ kind: 'foreign_message', messageId: sim.newMessage(), answer, sentAt });
      return;
    }
    case 'settings':
      sim.changePolicy({ ...act.policy, version: sim.world.policy.version + 1 });
      return;
    case 'available':
      sim.write({ kind: 'agent_available' });
      return;
    case 'leave': {
      const { facts } = sim.world;
      facts.team = facts.team.map((one) => ({
        ...one,
        disabled: one.disabled || one.agent === act.by,
      }));
      sim.write({ kind: 'agent_left', agent: act.by });
      return;
    }
  }
}
