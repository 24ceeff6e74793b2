import { describe, expect, test } from 'vitest';
import { nextDueAt, runningClocks } from '#domain/session/clocks.ts';
import { evolve } from '#domain/session/evolve.ts';
import { stirsLine } from '#domain/session/line.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import {
  an,
  answered,
  assigned,
  binh,
  closing,
  done,
  firstMessage,
  given,
  minute,
  overdue,
  settings,
  warned,
} from '#test/support/session-builders.ts';
import { asks, customerWrites, refusalOf, turnAt, turnOn } from './entries.ts';

const promise = settings({ close: 20, reassign: 10, deadline: 30, warn: 5 });
/** The customer wrote at minute 1, An got it at 2 and snoozed it at 5 until 60. */
const waiting = given(promise, ...firstMessage(1), assigned(an, 2));
const snoozed = turnOn(waiting, asks(an, { type: 'snooze', until: minute(60) }, [5, 2])).session;

const open = (session: Session) => {
  if (!isOpen(session)) throw new Error('not open');
  return session;
};

describe('R59: a snoozed session', () => {
  test('has no clock but its end', () => {
    expect(runningClocks(snoozed)).toEqual([{ clock: 'wake', at: minute(60) }]);
    expect(nextDueAt(snoozed)).toBe(minute(60));
    expect(turnAt(snoozed, minute(59)).events).toEqual([]);
  });

  test('comes back at the time, to the same assignee, and its clocks begin anew', () => {
    const { events, session } = turnAt(snoozed, minute(60));
    expect(events).toEqual([
      { type: 'Woken', at: minute(60), since: minute(60), cause: 'time', by: null },
    ]);
    expect(open(session).assignee).toBe(an);
    expect(runningClocks(session)).toEqual([
      { clock: 'reassign', at: minute(70) },
      { clock: 'warning', at: minute(85) },
      { clock: 'overdue', at: minute(90) },
    ]);
  });

  test('R47: told too late, its clocks count from the time when it ought to have ended', () => {
    const { events } = turnAt(snoozed, minute(91));
    expect(events.map(({ type }) => type)).toEqual(['Woken', 'Warned', 'Overdue']);
  });

  test('comes back on the customer’s message', () => {
    const { events, session } = turnOn(snoozed, customerWrites(30, 3));
    expect(events.map(({ type }) => type)).toEqual(['Woken', 'MessageReceived']);
    expect(events[0]).toMatchObject({ cause: 'customer', since: minute(30) });
    expect(open(session).snoozedUntil).toBeNull();
    expect(runningClocks(session)[0]).toEqual({ clock: 'reassign', at: minute(40) });
  });

  test('comes back by hand', () => {
    const { events } = turnOn(snoozed, asks(binh, { type: 'unsnooze' }, [7, 3]));
    expect(events).toMatchObject([{ type: 'Woken', cause: 'agent', by: binh }]);
  });

  test('R43: is left alone by auto-close, which counts anew after it', () => {
    const rests = given(promise, ...firstMessage(1), assigned(an, 2), ...answered(an, 3, 2));
    const { session } = turnOn(rests, asks(an, { type: 'snooze', until: minute(60) }, [5, 3]));
    expect(turnAt(session, minute(23)).ask).toBeNull();
    const woken = turnAt(session, minute(60));
    expect([woken.ask, runningClocks(woken.session)]).toEqual([
      null,
      [{ clock: 'close', at: minute(80) }],
    ]);
  });

  test('R43: snoozing stops a close that has begun', () => {
    const closes = given(promise, ...firstMessage(1), assigned(an, 2), ...closing(30));
    const { events, session } = turnOn(
      closes,
      asks(an, { type: 'snooze', until: minute(60) }, [31, 3]),
    );
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual(['CloseCancelled', 'Snoozed']);
    expect(session.status).toBe('open');
  });

  test('R45: a deadline missed before stays missed; a warning is given anew', () => {
    const late = given(promise, ...firstMessage(1), assigned(an, 2), warned(27, 32), overdue(32));
    const soon = given(promise, ...firstMessage(1), assigned(an, 2), warned(27, 32));
    const after = (session: Session) => {
      const asleep = turnOn(session, asks(an, { type: 'snooze', until: minute(60) }, [33, 2]));
      return open(turnAt(asleep.session, minute(60)).session).wait;
    };
    expect(after(late)).toMatchObject({ warnedAt: minute(27), overdueAt: minute(32) });
    // Between the warning and the deadline.
    const asleep = turnOn(soon, asks(an, { type: 'snooze', until: minute(60) }, [28, 2]));
    expect(open(turnAt(asleep.session, minute(60)).session).wait).toMatchObject({
      warnedAt: null,
      overdueAt: null,
    });
  });

  test('R37 × R59: Done ends it', () => {
    const { session } = turnOn(snoozed, asks(an, { type: 'done', seenSeq: 1 }, [6, 3]));
    expect([session.status, runningClocks(session)]).toEqual(['done', []]);
  });

  test('a Done session cannot be snoozed', () => {
    const over = given(promise, ...firstMessage(1), assigned(an, 2), done(3));
    const turn = turnOn(over, asks(an, { type: 'snooze', until: minute(60) }, [5, 2]));
    expect(refusalOf(turn)).toEqual({ code: 'SESSION_DONE' });
  });

  test('R48 × R59: gives its place back', () => {
    expect(stirsLine(waiting, snoozed, true)).toBe(true);
    expect(stirsLine(waiting, snoozed, false)).toBe(false);
    expect(stirsLine(snoozed, turnAt(snoozed, minute(60)).session, true)).toBe(false);
  });

  test('R48 × R59: is out of the line, and back in it at its old place', () => {
    const inLine = given(promise, ...firstMessage(1), {
      type: 'NotAssigned',
      at: minute(1),
      no: 1,
      how: 'automatic',
      cause: 'nobody qualifies',
    });
    const asleep = turnOn(inLine, asks(an, { type: 'snooze', until: minute(60) }, [5, 2])).session;
    const turn = turnOn(asleep, { kind: 'agent_available', seq: 3, at: minute(9) });
    expect(turn.ask).toBeNull();
    const { session } = turnAt(asleep, minute(60));
    expect(open(session).inLineSince).toBe(minute(1));
    expect(stirsLine(asleep, session, false)).toBe(true);
  });

  test('R58 × R59: stays with who goes away, and leaves with who leaves the team', () => {
    const goes = (cause: 'offline' | 'shift ended' | 'left') =>
      turnOn(snoozed, { kind: 'agent_left', seq: 3, at: minute(9), agent: an, cause });
    expect(goes('offline').events).toEqual([]);
    expect(goes('shift ended').events).toEqual([]);
    expect(goes('left').events).toMatchObject([{ type: 'Unassigned', cause: 'agent left' }]);
  });

  test('R17 × R59: a change of the settings moves what follows it, not its end', () => {
    const { events } = settingsOf(snoozed, { deadline: 15 });
    expect(events.map(({ type }) => type)).toEqual(['PolicyChanged']);
    const { session } = settingsOf(snoozed, { deadline: 15 });
    expect(runningClocks(session)).toEqual([{ clock: 'wake', at: minute(60) }]);
    expect(runningClocks(turnAt(session, minute(60)).session)).toEqual([
      { clock: 'warning', at: minute(75) },
      { clock: 'overdue', at: minute(75) },
    ]);
  });
});

function settingsOf(session: Session, clocks: { deadline: number }) {
  const event = settings(clocks, 2);
  if (event.type !== 'PolicyChanged') throw new Error('no settings');
  return turnOn(
    session,
    { kind: 'settings_changed', version: 2, seq: session.lastSeq + 1, at: minute(10) },
    { policy: event.policy },
  );
}

test('the end of a snooze is the fold of its event', () => {
  const [event] = turnAt(snoozed, minute(60)).events;
  expect(event && evolve(snoozed, event)).toMatchObject({
    snoozedUntil: null,
    awakeSince: minute(60),
  });
});
