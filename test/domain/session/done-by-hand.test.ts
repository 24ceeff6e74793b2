import { describe, expect, test } from 'vitest';
import { nextDueAt, runningClocks } from '#domain/session/clocks.ts';
import type { Command, Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import { needsTip } from '#domain/session/turn.ts';
import {
  an,
  answered,
  assigned,
  binh,
  done,
  firstMessage,
  given,
  minute,
  sending,
  settings,
  text,
  unassigned,
  wroteOn,
} from '#test/support/session-builders.ts';
import { asks, botWrites, customerWrites, refusalOf, replies, turnOn } from './entries.ts';

const allClocks = settings({ close: 5, reassign: 10, deadline: 30, warn: 5 });
const asked = [allClocks, ...firstMessage(1), assigned(an, 1)];
const closed = [...asked, ...answered(an, 2, 2), done(3)];

type Then = Partial<SessionEvent>[];

describe('Done by hand', () => {
  const finish = (seenSeq: number): Command => ({ type: 'done', seenSeq });

  test.for<[string, Session, Entry, Then]>([
    [
      'tells who closed it and when',
      given(...asked, ...answered(an, 2, 2)),
      asks(binh, finish(1), [3, 3]),
      [{ type: 'MarkedDone', at: minute(3), cause: 'agent', by: binh, closingText: 'none' }],
    ],
    [
      'ends the wait',
      given(...asked),
      asks(an, finish(1), [3, 2]),
      [{ type: 'WaitEnded', no: 1, cause: 'done', endedAt: minute(3) }, { type: 'MarkedDone' }],
    ],
    ['is done already: nothing changes', given(...closed), asks(an, finish(1), [4, 3]), []],
  ])('%s', ([, session, when, then]) => {
    const turn = turnOn(session, when);
    expect(turn.events).toMatchObject(then);
    expect(refusalOf(turn)).toBe(null);
  });

  test('leaves it with who was in charge, whoever closed it (R37)', () => {
    const { session } = turnOn(given(...asked), asks(binh, finish(1), [3, 2]));
    expect(session).toMatchObject({ status: 'done', assignee: an });
    expect(turnOn(session, customerWrites(4, 3)).session).toMatchObject({ assignee: null });
  });

  test('of a session in nobody’s charge leaves it in nobody’s, whoever had it before', () => {
    const free = given(...asked, ...answered(an, 2, 2), unassigned(an, 3));
    const { session } = turnOn(free, asks(binh, finish(1), [3, 4]));
    expect(session).toMatchObject({ status: 'done', assignee: null, lastAssignee: an });
  });

  test('ends all clocks', () => {
    const { session } = turnOn(given(...asked), asks(an, finish(1), [3, 2]));
    expect(runningClocks(session)).toEqual([]);
    expect(nextDueAt(session)).toBe(null);
  });

  test('is refused over a message that the agent had not seen', () => {
    const turn = turnOn(given(...asked, wroteOn(2, 2)), asks(an, finish(1), [3, 3]));
    expect(refusalOf(turn)).toMatchObject({ code: 'NEW_MESSAGE' });
    expect(turn.events).toEqual([]);
  });

  test('is refused over a message that came in just before it', () => {
    const turn = turnOn(given(...asked), [customerWrites(3, 2), asks(an, finish(1), [3, 3])]);
    expect(refusalOf(turn)).toMatchObject({ code: 'NEW_MESSAGE' });
  });

  test('is followed over what the agent had seen', () => {
    const turn = turnOn(given(...asked, wroteOn(2, 2)), asks(an, finish(2), [3, 3]));
    expect(turn.session.status).toBe('done');
  });

  test('needs no sight of what is not from the customer', () => {
    const turn = turnOn(given(...asked), [botWrites(2, 2), asks(an, finish(1), [3, 3])]);
    expect(turn.session.status).toBe('done');
  });

  test('is committed on the newest state of affairs only', () => {
    const { events, session } = turnOn(given(...asked), asks(an, finish(1), [3, 2]));
    expect(needsTip(events, session)).toBe(true);
  });

  test('does not wait for replies that are on their way', () => {
    const { session } = turnOn(given(...asked, ...sending(3, 2)), asks(an, finish(1), [3, 3]));
    expect(session).toMatchObject({ status: 'done', sends: [{ messageId: text }] });
  });

  test('lets a reply that waited go out all the same', () => {
    const turn = turnOn(given(...asked), [replies(an, 3, 2), asks(an, finish(1), [3, 3])]);
    expect(turn.session.status).toBe('done');
    expect(turn.events.at(-1)).toMatchObject({ type: 'AttemptRecorded', messageId: text });
  });
});
