import { describe, expect, test } from 'vitest';
import { notificationsOf, type Notification } from '#domain/notification.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import {
  an,
  answered,
  assigned,
  binh,
  chi,
  closing,
  closingText,
  done,
  failed,
  firstMessage,
  given,
  minute,
  overdue,
  sending,
  settings,
  unassigned,
  unconfirmed,
  warned,
} from '#test/support/session-builders.ts';

const asked = [settings({ deadline: 30, warn: 5 }), ...firstMessage(1), assigned(an, 1)];
const inWarning = [...asked, warned(26, 31)];

const to = (
  agent: Notification['to'],
  type: Notification['type'],
  popup = false,
): Notification => ({
  to: agent,
  type,
  popup,
});

const byTimeout = assigned(binh, 11, { no: 2, how: 'timeout', from: an });
const byHand = assigned(binh, 27, { no: 2, how: 'manual', by: an, from: an });
const taken = assigned(binh, 27, { no: 2, how: 'manual', by: binh, from: an });

describe('R60: who is told', () => {
  test.for<[string, Session, SessionEvent, Notification[]]>([
    [
      'who gets a session by the rules, without a popup',
      given(...firstMessage(1)),
      assigned(an, 1),
      [to(an, 'assigned')],
    ],
    [
      'who is put in charge by hand, with a popup',
      given(...asked),
      assigned(binh, 2, { how: 'manual', by: an }),
      [to(binh, 'assigned', true)],
    ],
    [
      'who gets it by time-out, with a popup',
      given(...asked),
      byTimeout,
      [to(binh, 'assigned', true)],
    ],
    ['nobody, when an agent takes a session', given(...firstMessage(1)), taken, []],
    [
      'who gets it inside the warning period, of the deadline at once',
      given(...inWarning),
      byHand,
      [to(binh, 'assigned', true), to(binh, 'warned')],
    ],
    [
      'who takes it inside the warning period, of the deadline',
      given(...inWarning),
      taken,
      [to(binh, 'warned')],
    ],
    [
      'who gets what is overdue already, of no warning',
      given(...inWarning, overdue(31)),
      byHand,
      [to(binh, 'assigned', true)],
    ],
    [
      'who gets it after unassigning, of no warning: the deadline begins anew',
      given(...inWarning, unassigned(an, 27)),
      byHand,
      [to(binh, 'assigned', true)],
    ],
    ['the assignee, at the warning', given(...asked), warned(26, 31), [to(an, 'warned')]],
    ['the assignee, at the deadline', given(...inWarning), overdue(31), [to(an, 'overdue')]],
    [
      'the assignee of the moment',
      given(...asked, byTimeout, warned(26, 31)),
      overdue(31),
      [to(binh, 'overdue')],
    ],
    [
      'the admins, when a time-out finds nobody',
      given(...asked),
      { type: 'Escalated', at: minute(11), cause: 'nobody qualifies' },
      [to('admins', 'escalated')],
    ],
    [
      'the writer, when a message fails',
      given(...asked, ...sending(2, 2, undefined, chi)),
      failed(3),
      [to(chi, 'failed_send')],
    ],
    [
      'the writer, when a message is unconfirmed',
      given(...asked, ...sending(2, 2, undefined, chi)),
      unconfirmed(3),
      [to(chi, 'failed_send')],
    ],
    [
      'the writer, though the session is done',
      given(...asked, ...sending(2, 2), done(2)),
      failed(3),
      [to(an, 'failed_send')],
    ],
    [
      'nobody, when the closing text fails',
      given(...asked, ...answered(an, 2, 2), ...closing(7)),
      failed(8, closingText),
      [],
    ],
    ['nobody, of a mere message', given(...asked), sending(2, 2)[0] ?? failed(2), []],
  ])('%s', ([, before, event, told]) => {
    expect(notificationsOf(event, before)).toEqual(told);
  });
});
