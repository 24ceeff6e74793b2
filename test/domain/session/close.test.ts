import { describe, expect, test } from 'vitest';
import { HOUR } from '#domain/instant.ts';
import { runningClocks } from '#domain/session/clocks.ts';
import { decideClose } from '#domain/session/close.ts';
import type { SessionKind } from '#domain/ids.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { type Session } from '#domain/session/session.ts';
import { conclude, needsTip } from '#domain/session/turn.ts';
import {
  an,
  answered,
  assigned,
  binh,
  closing,
  closingText,
  failed,
  firstMessage,
  given,
  minute,
  queued,
  sending,
  settings,
  unassigned,
  waiting,
  wroteOn,
} from '#test/support/session-builders.ts';
import {
  answersElsewhere,
  asks,
  customerRemoves,
  customerWrites,
  replies,
  reports,
  turnAt,
  turnOn,
} from './entries.ts';

const fiveMinutes = settings({ close: 5 });
const asked = [fiveMinutes, ...firstMessage(1), assigned(an, 1)];
/** An's answer was accepted at minute 2 and nothing has followed. */
const quiet = [...asked, ...answered(an, 2, 2)];

const dueAt = (session: Session) =>
  runningClocks(session).find(({ clock }) => clock === 'close')?.at ?? null;

describe('R43: the auto-close clock', () => {
  test.for<[string, Session, number | null]>([
    ["runs from the staff's answer", given(...quiet), 7],
    ['does not run before there is an answer', given(...asked), null],
    ['stops when the customer writes', given(...quiet, ...waiting(4, 3, 2)), null],
    ['begins anew with a further answer', given(...quiet, ...answered(binh, 4, 3)), 9],
    ['runs while nobody is in charge', given(...quiet, unassigned(an, 3)), 7],
    ['goes on over a reassignment', given(...quiet, assigned(binh, 4, { no: 2 })), 7],
    [
      "stops when another app's message becomes the last one",
      given(...quiet, { type: 'ForeignMessage', at: minute(3), seq: 3 }),
      null,
    ],
    ['is held by a reply that is on its way', given(...quiet, queued(4, 3)), null],
    [
      'goes on after a failed reply as if it had not been tried',
      given(...quiet, ...sending(4, 3), failed(5)),
      7,
    ],
    ['does not run when it is off', given(...quiet, settings({}, 2)), null],
    [
      'does not run a second time while the text is on its way',
      given(...quiet, ...closing(7)),
      null,
    ],
  ])('%s', ([, session, then]) => {
    expect(dueAt(session)).toBe(then === null ? null : minute(then));
  });

  test('counts from the acceptance, not from the writing', () => {
    const { session } = turnOn(given(...asked, ...sending(2, 2)), reports({ is: 'sent' }, [4, 3]));
    expect(dueAt(session)).toBe(minute(9));
  });

  test('counts from when an answer elsewhere is heard of', () => {
    expect(dueAt(turnOn(given(...asked), answersElsewhere(1, 4, 2)).session)).toBe(minute(9));
  });

  test('does not run while a later message is unanswered', () => {
    const session = given(...asked, ...sending(2, 2), wroteOn(3, 3));
    expect(dueAt(turnOn(session, reports({ is: 'sent' }, [4, 4])).session)).toBe(null);
  });

  test('does not run again when what the customer wrote since is taken back', () => {
    const session = given(...quiet, ...waiting(4, 3, 2));
    expect(dueAt(turnOn(session, customerRemoves(3, 5, 4)).session)).toBe(null);
  });

  test('falls due in the millisecond, not before', () => {
    expect(turnAt(given(...quiet), minute(7) - 1).ask).toBe(null);
    expect(turnAt(given(...quiet), minute(7)).ask).toEqual({ ask: 'close', dueAt: minute(7) });
  });
});

describe('R43: a close that falls due', () => {
  const now = minute(7);
  const facts = {
    kind: 'message' as SessionKind,
    hasText: true,
    windowOpenUntil: now + HOUR,
    messageId: closingText,
  };

  test.for<[string, Partial<typeof facts> | { windowOpenUntil: null }, Partial<SessionEvent>[]]>([
    ['sends the closing text', {}, [{ type: 'CloseStarted', messageId: closingText }]],
    [
      'is silent without a text',
      { hasText: false },
      [{ type: 'MarkedDone', at: now, cause: 'clock', by: null, closingText: 'none' }],
    ],
    [
      'is silent on comments, whatever text there is',
      { kind: 'comment' },
      [{ type: 'MarkedDone', at: now, cause: 'clock', by: null, closingText: 'none' }],
    ],
    [
      'skips the text when the messaging window has closed',
      { windowOpenUntil: now },
      [{ type: 'MarkedDone', at: now, cause: 'clock', by: null, closingText: 'skipped' }],
    ],
    [
      'skips the text when the customer has never written',
      { windowOpenUntil: null },
      [{ type: 'MarkedDone', cause: 'clock', closingText: 'skipped' }],
    ],
    [
      'sends the text until the last millisecond of the messaging window',
      { windowOpenUntil: now + 1 },
      [{ type: 'CloseStarted' }],
    ],
  ])('%s', ([, change, then]) => {
    expect(decideClose({ ...facts, ...change }, now)).toMatchObject(then);
  });

  test('hands the text out in the same commit', () => {
    const { events } = conclude(given(...quiet), decideClose(facts, now), now);
    expect(events).toMatchObject([
      { type: 'CloseStarted' },
      { type: 'AttemptRecorded', messageId: closingText, attempt: 1 },
    ]);
  });

  test('is committed on the newest state of affairs only', () => {
    const { events, session } = conclude(given(...quiet), decideClose(facts, now), now);
    expect(needsTip(events, session)).toBe(true);
  });

  test.for([
    ['a message', customerWrites(8, 3)],
    ['a message in the millisecond', customerWrites(7, 3)],
    ['a reply', replies(an, 8, 3)],
    ['taking it over', asks(binh, { type: 'take', from: an }, [8, 3])],
  ] as const)('is cancelled by %s that came in before it was done', ([, entry]) => {
    const turn = turnOn(given(...quiet), entry);
    expect(turn.events[0]).toMatchObject({ type: 'CloseCancelled' });
    expect(dueAt(turn.session)).toBe(null);
    expect(turn.ask?.ask).not.toBe('close');
  });

  test('is not cancelled by a command that came in before it was due', () => {
    const turn = turnOn(given(...quiet), asks(an, { type: 'reopen' }, [6, 3]), { now: minute(7) });
    expect(turn.events).toEqual([]);
    expect(turn.ask).toMatchObject({ ask: 'close' });
  });
});
