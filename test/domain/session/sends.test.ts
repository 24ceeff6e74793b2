import { describe, expect, test } from 'vitest';
import { SECOND } from '#domain/instant.ts';
import { nextDueAt } from '#domain/session/clocks.ts';
import type { Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import {
  an,
  answered,
  assigned,
  attempted,
  doubtful,
  firstMessage,
  given,
  message,
  minute,
  sending,
  settings,
  text,
  waiting,
} from '#test/support/session-builders.ts';
import { echoes, reports, turnAt, turnOn } from './entries.ts';

const asked = [...firstMessage(1), assigned(an, 1)];

type Then = Partial<SessionEvent>[];
const at = (seconds: number) => minute(2) + seconds * SECOND;

/** Handed out at minute 2. */
const sent = given(...asked, ...sending(2, 2));
const lookedAt = (looks: number, lookAt: number): SessionEvent => ({
  type: 'LookedAt',
  at: lookAt - 15 * SECOND,
  messageId: text,
  looks,
  lookAt,
});
const settlementAsked: SessionEvent = {
  type: 'SettlementAsked',
  at: at(18),
  messageId: text,
  attempt: 1,
  lapsesAt: at(33),
};
const requeued = (why: 'later' | 'unclaimed', notBefore: number): SessionEvent => ({
  type: 'SendRequeued',
  at: at(1),
  messageId: text,
  notBefore,
  why,
});

describe('as time goes by, an outgoing message', () => {
  test.for<[string, Session, number, Then]>([
    ['waits for its report', sent, at(17.9), []],
    [
      'is settled from what was recorded when nobody reports: after claim and call at their longest',
      sent,
      at(18),
      [{ type: 'SettlementAsked', messageId: text, attempt: 1, lapsesAt: at(33) }],
    ],
    [
      'is settled once more when nobody reports of that',
      given(...asked, ...sending(2, 2), settlementAsked),
      at(33),
      [{ type: 'SettlementAsked', attempt: 1 }],
    ],
    [
      'waits for its echo while it is doubtful',
      given(...asked, ...sending(2, 2), doubtful(2)),
      at(29.9),
      [],
    ],
    [
      'is looked for after half a minute of doubt',
      given(...asked, ...sending(2, 2), doubtful(2)),
      at(30),
      [{ type: 'LookedAt', messageId: text, looks: 1, lookAt: at(45) }],
    ],
    [
      'is looked for again when nobody reports of it',
      given(...asked, ...sending(2, 2), doubtful(2), lookedAt(1, at(45))),
      at(45),
      [{ type: 'LookedAt', looks: 2, lookAt: at(60) }],
    ],
    [
      'is looked for three times',
      given(...asked, ...sending(2, 2), doubtful(2), lookedAt(2, at(60))),
      at(60),
      [{ type: 'LookedAt', looks: 3, lookAt: at(75) }],
    ],
    [
      'is unconfirmed after that',
      given(...asked, ...sending(2, 2), doubtful(2), lookedAt(3, at(75))),
      at(75),
      [{ type: 'SendUnconfirmed', messageId: text }],
    ],
    [
      'keeps the time that the platform asked for',
      given(...asked, ...sending(2, 2), requeued('later', at(600))),
      at(599),
      [],
    ],
    [
      'is tried anew at that time',
      given(...asked, ...sending(2, 2), requeued('later', at(600))),
      at(600),
      [{ type: 'AttemptRecorded', attempt: 2, lapsesAt: at(618) }],
    ],
  ])('%s', ([, session, now, then]) => {
    expect(turnAt(session, now).events).toMatchObject(then);
  });

  test('wakes the session before a clock does that falls due later', () => {
    const earlier = [...asked, ...sending(2, 2), ...answered(an, 2, 3), ...waiting(2, 4, 2)];
    expect(nextDueAt(given(settings({ reassign: 10 }), ...earlier))).toBe(at(18));
  });

  test('wakes the session when it is next to be seen to', () => {
    expect(nextDueAt(sent)).toBe(at(18));
    expect(nextDueAt(given(...asked, ...sending(2, 2), doubtful(2)))).toBe(at(30));
    expect(nextDueAt(given(...asked, ...sending(2, 2), requeued('later', at(600))))).toBe(at(600));
    expect(nextDueAt(given(...asked))).toBe(null);
  });
});

describe('a report', () => {
  const doubted = given(...asked, ...sending(2, 2), doubtful(2));

  test.for<[string, Session, Entry, Then]>([
    [
      'of a call without an answer makes the message doubtful',
      sent,
      reports({ is: 'unknown' }, [2.1, 3]),
      [{ type: 'SendDoubtful', messageId: text, lookAt: minute(2.1) + 30 * SECOND }],
    ],
    ['of doubt starts no second doubt', doubted, reports({ is: 'unknown' }, [2.1, 3]), []],
    [
      'that nobody had begun lets it be tried anew at once',
      sent,
      reports({ is: 'unclaimed' }, [2.4, 3]),
      [
        { type: 'SendRequeued', why: 'unclaimed', notBefore: minute(2.4) },
        { type: 'AttemptRecorded', attempt: 2 },
      ],
    ],
    [
      'that the platform wants it later puts it off',
      sent,
      reports({ is: 'later', notBefore: at(600) }, [2.1, 3]),
      [{ type: 'SendRequeued', why: 'later', notBefore: at(600) }],
    ],
    [
      'that the platform wants it later puts it off until an hour has passed',
      sent,
      reports({ is: 'later', notBefore: minute(70) }, [62, 3]),
      [{ type: 'SendRequeued' }],
    ],
    [
      'that the platform wants it later for over an hour ends it',
      sent,
      reports({ is: 'later', notBefore: minute(70) }, [62.1, 3]),
      [{ type: 'SendFailed', reason: 'rate_limited' }],
    ],
    [
      'that the conversation does not show it makes it unconfirmed',
      doubted,
      reports({ is: 'not_shown' }, [2.1, 3]),
      [{ type: 'SendUnconfirmed' }],
    ],
    [
      'that the conversation shows it settles it',
      doubted,
      reports({ is: 'sent' }, [2.1, 3]),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered' }, { type: 'WaitEnded' }],
    ],
    [
      'of a refusal that comes late settles a doubtful message',
      doubted,
      reports({ is: 'failed', reason: 'blocked' }, [2.1, 3]),
      [{ type: 'SendFailed', reason: 'blocked' }],
    ],
    [
      'about an attempt before the present one changes nothing',
      given(...asked, ...sending(2, 2), requeued('unclaimed', at(1)), attempted(2.1, text, 2)),
      reports({ is: 'unclaimed' }, [2.2, 3], { attempt: 1 }),
      [],
    ],
    [
      'about an attempt that is past changes nothing while the next one waits',
      given(...asked, ...sending(2, 2), requeued('later', at(600))),
      reports({ is: 'unclaimed' }, [2.2, 3]),
      [],
    ],
    [
      'by the platform itself settles whatever attempt it was',
      given(...asked, ...sending(2, 2), requeued('later', at(600))),
      echoes(2.2, 3),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered' }, { type: 'WaitEnded' }],
    ],
    [
      'about a message that is not ours to send changes nothing',
      sent,
      echoes(2.1, 3, message('stranger')),
      [],
    ],
  ])('%s', ([, session, when, then]) => {
    expect(turnOn(session, when).events).toMatchObject(then);
  });
});
