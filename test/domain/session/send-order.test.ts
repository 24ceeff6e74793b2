import { describe, expect, test } from 'vitest';
import { SECOND } from '#domain/instant.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import {
  an,
  assigned,
  attempted,
  doubtful,
  failed,
  firstMessage,
  given,
  message,
  minute,
  queued,
  sending,
  text,
} from '#test/support/session-builders.ts';
import { replies, reports, turnAt, turnOn } from './entries.ts';

const asked = [...firstMessage(1), assigned(an, 1)];
const first = message('first');
const second = message('second');
const third = message('third');

const at = (seconds: number) => minute(2) + seconds * SECOND;

describe('messages of one session go out in order', () => {
  const two = [...asked, ...sending(2, 2, first), queued(2, 3, second)];

  test.for<[string, Session, number, Partial<SessionEvent>[]]>([
    [
      'the first of two that come together',
      given(...asked, queued(2, 2, first), queued(2, 3, second)),
      at(0),
      [{ type: 'AttemptRecorded', messageId: first }],
    ],
    ['the second waits for the first', given(...two), at(17), []],
    [
      'the second waits for the first while that is doubtful',
      given(...two, doubtful(2, first)),
      at(29),
      [],
    ],
    [
      'the second goes on when the first has failed',
      given(...two, failed(2.1, first)),
      at(6),
      [{ type: 'AttemptRecorded', messageId: second }],
    ],
    [
      'the second waits no longer than a minute',
      given(...two, {
        type: 'SendRequeued',
        at: at(1),
        messageId: first,
        notBefore: at(600),
        why: 'later',
      }),
      at(60),
      [{ type: 'AttemptRecorded', messageId: second }],
    ],
    [
      'the third waits for the second too',
      given(
        ...asked,
        ...sending(1, 2, first),
        doubtful(2, first),
        ...sending(2, 3, second),
        queued(2, 4, third),
      ),
      at(1),
      [],
    ],
  ])('%s', ([, session, now, then]) => {
    expect(turnAt(session, now).events).toMatchObject(then);
  });

  test('a minute is counted from the first attempt, however often it is repeated', () => {
    const again = [
      {
        type: 'SendRequeued',
        at: at(20),
        messageId: text,
        notBefore: at(20),
        why: 'unclaimed',
      } as const,
      attempted(2.5, text, 2),
    ];
    const session = given(...asked, ...sending(2, 2), queued(2, 3, second), ...again);
    const waiting = turnAt(session, at(47)).events.map(({ type }) => type);
    expect(waiting).toEqual([]);
    const { events } = turnAt(
      given(...asked, ...sending(2, 2), queued(2, 3, second), ...again, doubtful(2.8)),
      at(60),
    );
    expect(events).toMatchObject([{ type: 'AttemptRecorded', messageId: second }]);
  });

  test('the second goes on in the turn in which the first is accepted', () => {
    const { events } = turnOn(
      given(...two),
      reports({ is: 'sent' }, [2.1, 4], { messageId: first }),
    );
    expect(events.at(-1)).toMatchObject({ type: 'AttemptRecorded', messageId: second });
  });

  test('two replies of one turn are not handed out together', () => {
    const { events } = turnOn(given(...asked), [
      replies(an, 2, 2, first),
      replies(an, 2, 3, second),
    ]);
    const handedOut = events.filter(({ type }) => type === 'AttemptRecorded');
    expect(handedOut).toMatchObject([{ messageId: first }]);
  });
});
