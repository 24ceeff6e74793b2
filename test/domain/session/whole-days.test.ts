import { describe, expect, test } from 'vitest';
import type { AgentId, MessageId } from '#domain/ids.ts';
import { DAY, HOUR, SECOND, type Instant } from '#domain/instant.ts';
import type { Command } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { facts } from '#test/support/assignment-builders.ts';
import { an, chi, clocks, minute } from '#test/support/session-builders.ts';
import { Simulation, type World } from '#test/support/simulate.ts';
import { ACCEPTED } from '#test/support/simulated-platform.ts';

const policy = clocks({ close: 10, reassign: 10, deadline: 30, warn: 5 });

/** A day that begins at minute 0, with three agents and all clocks. */
const aDay = (more: Partial<World> = {}): Simulation =>
  new Simulation(minute(0), {
    policy,
    facts: facts(),
    ...more,
  });

const writes = (sim: Simulation, at: number): void => {
  sim.at(minute(at), () => sim.write({ kind: 'customer_message', messageId: sim.newMessage() }));
};

const answers = (sim: Simulation, agent: AgentId, at: number): MessageId => {
  const messageId = sim.newMessage();
  sim.at(minute(at), () =>
    sim.write({ kind: 'reply', commandId: sim.newCommand(), messageId, agent }),
  );
  return messageId;
};

const orders = (sim: Simulation, [agent, at]: [AgentId, number], command: Command): void => {
  sim.at(minute(at), () => {
    const expiresAt = sim.now + 10 * SECOND;
    sim.write({ kind: 'command', commandId: sim.newCommand(), agent, expiresAt, command });
  });
};

/** What happened and when, in minutes and seconds since the beginning. */
const story = (sim: Simulation): string[] =>
  sim.events.filter(({ type }) => type !== 'PolicyChanged').map((event) => line(event));

function line(event: SessionEvent): string {
  const who = 'agent' in event && event.agent !== null ? ` ${event.agent}` : '';
  const fate = 'closingText' in event ? ` ${event.cause}, text ${event.closingText}` : '';
  return `${clock(event.at)} ${event.type}${who}${fate}`;
}

function clock(at: Instant): string {
  const seconds = (at - minute(0)) / SECOND;
  const whole = Math.floor(seconds / 60);
  return `${String(whole)}:${(seconds - whole * 60).toFixed(1).padStart(4, '0')}`;
}

describe('a whole day', () => {
  test('silence, reassigned, warned, overdue, answered, silence, closed with its text, back the next day', () => {
    const sim = aDay();
    writes(sim, 0);
    answers(sim, chi, 33);
    writes(sim, 36);
    answers(sim, chi, 36.5);
    writes(sim, 24 * 60);
    sim.run(minute(0) + DAY);

    expect(story(sim)).toEqual([
      '0:00.0 Opened',
      '0:00.0 MessageReceived',
      '0:00.0 WaitStarted',
      '0:00.0 Assigned an',
      '10:00.0 Assigned binh',
      '20:00.0 Assigned chi',
      '25:00.0 Warned',
      '30:00.0 Overdue',
      '30:00.0 NotAssigned',
      '30:00.0 Escalated',
      '33:00.0 ReplyQueued chi',
      '33:00.0 AttemptRecorded',
      '33:00.5 SendAccepted',
      '33:00.5 StaffAnswered chi',
      '33:00.5 WaitEnded',
      '36:00.0 MessageReceived',
      '36:00.0 WaitStarted',
      '36:30.0 ReplyQueued chi',
      '36:30.0 AttemptRecorded',
      '36:30.5 SendAccepted',
      '36:30.5 StaffAnswered chi',
      '36:30.5 WaitEnded',
      '46:30.5 CloseStarted',
      '46:30.5 AttemptRecorded',
      '46:31.0 SendAccepted',
      '46:31.0 MarkedDone clock, text sent',
      '1440:00.0 Opened',
      '1440:00.0 MessageReceived',
      '1440:00.0 WaitStarted',
      '1440:00.0 Assigned chi',
    ]);
  });

  test('a customer who writes while the closing text is being sent stays with their agent', () => {
    const sim = aDay();
    writes(sim, 0);
    answers(sim, an, 1);
    // The text is claimed 0.1 s after the close began, and accepted 0.4 s later.
    sim.at(minute(11) + 800, () =>
      sim.write({ kind: 'customer_message', messageId: sim.newMessage() }),
    );
    sim.run(minute(12));

    expect(story(sim).slice(-7)).toEqual([
      '1:00.5 WaitEnded',
      '11:00.5 CloseStarted',
      '11:00.5 AttemptRecorded',
      '11:00.8 CloseCancelled',
      '11:00.8 MessageReceived',
      '11:00.8 WaitStarted',
      '11:01.0 SendAccepted',
    ]);
    expect(sim.session).toMatchObject({ status: 'open', round: 1, assignee: an });
  });

  test('a reply that nobody knows of holds the clocks, is looked up, given up and sent again', () => {
    let calls = 0;
    const lost = { ...ACCEPTED, report: 'unknown' as const, arrives: false };
    const sim = aDay({ react: () => ((calls += 1) === 1 ? lost : ACCEPTED) });
    writes(sim, 0);
    const messageId = answers(sim, an, 9.9);
    orders(sim, [an, 10.8], { type: 'confirm', messageId, arrived: false });
    sim.run(minute(11));

    expect(story(sim).slice(4)).toEqual([
      '9:54.0 ReplyQueued an',
      '9:54.0 AttemptRecorded',
      '9:54.5 SendDoubtful',
      '10:24.5 LookedAt',
      '10:25.5 SendUnconfirmed',
      '10:25.5 Assigned binh',
      '10:48.0 ReplyQueued an',
      '10:48.0 AttemptRecorded',
      '10:48.5 SendAccepted',
      '10:48.5 StaffAnswered an',
      '10:48.5 WaitEnded',
    ]);
    expect(sim.arrived).toEqual([messageId]);
  });

  test('a process that dies in the middle of a call sends nothing twice', () => {
    const dies = { ...ACCEPTED, report: 'nothing' as const, arrives: true };
    const sim = aDay({ react: () => dies });
    writes(sim, 0);
    const messageId = answers(sim, an, 1);
    sim.run(minute(5));

    expect(story(sim).slice(4)).toEqual([
      '1:00.0 ReplyQueued an',
      '1:00.0 AttemptRecorded',
      '1:18.0 SettlementAsked',
      '1:19.0 SendDoubtful',
      '1:49.0 LookedAt',
      '1:50.0 SendAccepted',
      '1:50.0 StaffAnswered an',
      '1:50.0 WaitEnded',
    ]);
    expect(sim.arrived).toEqual([messageId]);
  });

  test('what fell due while all was down is made up for in order, and each thing once', () => {
    const down = { from: minute(5), to: minute(40) };
    const sim = aDay({ awake: (at) => (at >= down.from && at < down.to ? down.to : at) });
    writes(sim, 0);
    writes(sim, 33);
    sim.run(minute(45));

    expect(story(sim).slice(4)).toEqual([
      '40:00.0 Warned',
      '40:00.0 Overdue',
      '33:00.0 MessageReceived',
      '40:00.0 Assigned binh',
    ]);
  });

  test('an answer of which we hear after the downtime counts from when it was sent', () => {
    const down = { from: minute(2), to: minute(20) };
    const sim = aDay({ awake: (at) => (at >= down.from && at < down.to ? down.to : at) });
    writes(sim, 0);
    sim.at(minute(19), () =>
      sim.write({
        kind: 'foreign_message',
        messageId: sim.newMessage(),
        answer: true,
        sentAt: minute(8),
      }),
    );
    sim.run(minute(21));

    expect(story(sim).slice(4)).toEqual(['19:00.0 StaffAnswered', '19:00.0 WaitEnded']);
    const ended = sim.events.find(({ type }) => type === 'WaitEnded');
    expect(ended).toMatchObject({ endedAt: minute(8) });
  });

  test('an answer that slips in before a time-out is committed keeps the assignee', () => {
    const sim = aDay();
    writes(sim, 0);
    sim.run(minute(9));
    sim.world.meanwhile = () => {
      sim.world.meanwhile = () => undefined;
      const ids = { commandId: sim.newCommand(), messageId: sim.newMessage() };
      sim.write({ kind: 'reply', agent: an, ...ids });
    };
    sim.run(minute(11));

    expect(story(sim).slice(4)).toEqual([
      '10:00.0 ReplyQueued an',
      '10:00.0 AttemptRecorded',
      '10:00.5 SendAccepted',
      '10:00.5 StaffAnswered an',
      '10:00.5 WaitEnded',
    ]);
  });

  test('a silent session is closed without a text after the messaging window', () => {
    const sim = aDay({ policy: clocks({ close: 25 * 60 }) });
    writes(sim, 0);
    answers(sim, an, 1);
    sim.run(minute(0) + 30 * HOUR);
    expect(story(sim).at(-1)).toBe('1501:00.5 MarkedDone clock, text skipped');
  });
});
