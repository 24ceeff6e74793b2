import type { AgentId } from '#domain/ids.ts';
import { HOUR, MINUTE, SECOND, type Instant } from '#domain/instant.ts';
import type { Command } from '#domain/session/entry.ts';
import { isOpen } from '#domain/session/session.ts';
import { facts, group, member } from '#test/support/assignment-builders.ts';
import { an, binh, chi, minute } from '#test/support/session-builders.ts';
import { Simulation } from '#test/support/simulate.ts';
import { ACCEPTED, type Reaction } from '#test/support/simulated-platform.ts';
import type { Act, Day } from './random-days.ts';

const SALES = group('sales');

/** Lives through a day and the hours after it, in which the platform takes everything. */
export function live(lived: Day): Simulation {
  const reactions = cycle([...lived.reactions, ACCEPTED]);
  const meanwhile = [...lived.meanwhile];
  const denials = [...lived.denials];
  const sim: Simulation = new Simulation(minute(0), {
    policy: lived.policy,
    hasClosingText: lived.hasClosingText,
    facts: facts({
      rules: {
        distribution: lived.distribution,
        sticky: lived.sticky,
        applyTo: lived.applyTo,
      },
      groups: { [SALES]: [an, chi] },
      team: [an, binh, chi].map((agent, index) =>
        member(agent, {
          receives: lived.receives[index] ?? true,
          capacity: lived.capacity,
          load: lived.load,
        }),
      ),
    }),
    react: reactions,
    meanwhile: () => {
      const next = meanwhile.shift() ?? null;
      if (next !== null) perform(sim, next);
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

function setOnline(sim: Simulation, agent: AgentId, online: boolean): void {
  const { facts: known } = sim.world;
  known.team = known.team.map((one) => (one.agent === agent ? { ...one, online } : one));
}

function perform(sim: Simulation, act: Act): void {
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
    case 'group':
      order(act.by, { type: 'assign', from: act.stale ? chi : assignee, group: SALES });
      return;
    case 'supporters':
      order(act.by, { type: 'supporters', agents: act.agents });
      return;
    case 'snooze':
      order(act.by, { type: 'snooze', until: sim.now + act.minutes * MINUTE });
      return;
    case 'unsnooze':
      order(act.by, { type: 'unsnooze' });
      return;
    case 'all removed':
      sim.write({ kind: 'comments_removed' });
      return;
    case 'distribution':
      sim.world.facts.rules.distribution = act.on;
      if (act.on) sim.write({ kind: 'agent_available' });
      return;
    case 'away':
      setOnline(sim, act.by, false);
      sim.write({ kind: 'agent_left', agent: act.by, cause: act.cause });
      return;
    case 'back':
      setOnline(sim, act.by, true);
      sim.write({ kind: 'agent_available' });
      return;
    case 'available':
      sim.write({ kind: 'agent_available' });
      return;
    case 'leave': {
      const { facts: known } = sim.world;
      known.team = known.team.map((one) => ({
        ...one,
        disabled: one.disabled || one.agent === act.by,
      }));
      sim.write({ kind: 'agent_left', agent: act.by });
      return;
    }
  }
}
