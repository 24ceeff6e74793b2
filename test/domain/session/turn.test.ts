import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '#domain/session/event.ts';
import { conclude, isIdle, needsTip } from '#domain/session/turn.ts';
import {
  an,
  assigned,
  binh,
  clocks,
  closing,
  done,
  failed,
  firstMessage,
  given,
  minute,
  sending,
  settings,
} from '#test/support/session-builders.ts';
import {
  answersElsewhere,
  asks,
  customerWrites,
  replies,
  reports,
  turnAt,
  turnOn,
} from './entries.ts';

const asked = [...firstMessage(1), assigned(an, 1)];

describe('a turn', () => {
  test('takes entries in order until one asks a question', () => {
    const turn = turnOn(given(), [customerWrites(1, 1), customerWrites(2, 2), replies(an, 3, 3)]);
    expect(turn.taken).toBe(1);
    expect(turn.session.lastSeq).toBe(1);
    expect(turn.ask).not.toBe(null);
  });

  test('takes them all when none does', () => {
    const turn = turnOn(given(...asked), [customerWrites(2, 2), replies(an, 3, 3)]);
    expect([turn.taken, turn.session.lastSeq, turn.ask]).toEqual([2, 3, null]);
  });

  test('leaves the clocks for later when an entry asks', () => {
    const late = given(settings({ close: 1, deadline: 5 }), ...firstMessage(1));
    const turn = turnOn(late, asks(an, { type: 'take', from: null }, [60, 2]));
    expect([turn.ask?.ask, turn.events]).toEqual(['assign', []]);
  });

  test('hands nothing out before its question is answered', () => {
    const turn = turnOn(given(...firstMessage(1)), replies(an, 2, 2));
    expect(turn.events.map(({ type }) => type)).toEqual(['ReplyQueued']);
    const { events } = conclude(turn.session, [assigned(an, 2)], minute(2));
    expect(events).toMatchObject([{ type: 'Assigned' }, { type: 'AttemptRecorded' }]);
  });

  test('asks one question at a time by the clocks', () => {
    const late = given(settings({ reassign: 5, deadline: 5 }), ...asked);
    const turn = turnAt(late, minute(60));
    expect(turn.events.map(({ type }) => type)).toEqual(['Warned', 'Overdue']);
    expect(turn.ask).toMatchObject({ how: 'timeout' });
  });

  test('gives every command and reply its outcome, but for the one that asks', () => {
    const turn = turnOn(given(...asked), [
      asks(binh, { type: 'take', from: null }, [2, 2]),
      replies(an, 2, 3),
      asks(binh, { type: 'take', from: an }, [2, 4]),
    ]);
    expect(turn.outcomes).toEqual([
      { commandId: 'command-2', refused: { code: 'TAKEN', assignee: an } },
      { commandId: 'command-3', refused: null },
    ]);
    expect(turn.ask).toMatchObject({ commandId: 'command-4' });
  });

  test('names who acted on whose session, the refused left out', () => {
    const turn = turnOn(given(...asked), [
      asks(binh, { type: 'take', from: null }, [2, 2]),
      replies(binh, 2, 3),
      asks(an, { type: 'unassign', from: an }, [2, 4]),
      asks(binh, { type: 'unassign', from: an }, [2, 5]),
    ]);
    expect(turn.actors).toEqual([
      { seq: 3, agent: binh, assignee: an, supporters: [], needs: 'act' },
      { seq: 4, agent: an, assignee: an, supporters: [], needs: 'assign' },
      { seq: 5, agent: binh, assignee: null, supporters: [], needs: 'assign' },
    ]);
  });

  test('remembers how far the journal is applied, by fruitless entries too', () => {
    const turn = turnOn(given(...asked), answersElsewhere(0, 2, 7));
    expect(turn.session.lastSeq).toBe(7);
  });

  test('tells the deadlines that an entry found missed before it', () => {
    const late = given(settings({ deadline: 30, warn: 5 }), ...asked);
    const { events } = turnOn(late, [customerWrites(28, 2), customerWrites(35, 3)]);
    expect(events.map(({ type }) => type)).toEqual([
      'Warned',
      'MessageReceived',
      'Overdue',
      'MessageReceived',
    ]);
  });
});

describe('a turn is idle', () => {
  test('when nothing came in and nothing is due', () => {
    expect(isIdle(turnAt(given(...asked), minute(90)))).toBe(true);
  });

  test.for([
    [
      'an entry was taken in, though it changed nothing',
      turnOn(given(...asked), reports({ is: 'sent' }, [2, 2])),
    ],
    ['something fell due', turnAt(given(settings({ reassign: 5 }), ...asked), minute(6))],
    ['a deadline was missed', turnAt(given(settings({ deadline: 5 }), ...asked), minute(6))],
    ['the settings changed', turnOn(given(...asked), [], { policy: clocks({}), now: minute(2) })],
  ] as const)('not when %s', ([, turn]) => {
    expect(isIdle(turn)).toBe(false);
  });
});

describe('only on the newest state of affairs', () => {
  const reopens: SessionEvent = {
    type: 'Opened',
    at: minute(4),
    round: 2,
    cause: 'customer',
    by: null,
  };

  test.for<[string, SessionEvent[], boolean]>([
    ['a session is done', [done(3)], true],
    ['a close begins', closing(3), true],
    ['a session is done and reopened at once: not', [done(3), reopens], false],
    ['somebody is put in charge: not', [assigned(binh, 3, { no: 2 })], false],
  ])('%s', ([, events, needed]) => {
    expect(needsTip(events, given(...asked, ...events))).toBe(needed);
  });

  test('not what happens to a Done session', () => {
    const events = [...sending(2, 2), failed(4)];
    expect(needsTip(events, given(...asked, done(3), ...events))).toBe(false);
  });
});
