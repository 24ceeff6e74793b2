import { expect, test } from 'vitest';
import { answeringOf } from '#lib/thread/answering.ts';
import { clockLines, countdown } from '#lib/thread/clocks.ts';
import { headline, particulars } from '#lib/thread/history.ts';
import { leftOf } from '#lib/thread/limits.ts';
import { matches } from '#lib/thread/matches.ts';
import type { Detail, Entry } from '#lib/state/session-thread.svelte.ts';
import { wordsOf } from '#lib/words/index.ts';
import { aDetail, an, later, linh, NOW } from './builders.ts';

const clock = (name: Detail['clocks'][number]['clock'], seconds: number) => ({
  clock: name,
  dueAt: later(seconds),
});

test.each<[string, Partial<Detail>, string[]]>([
  ['nothing runs', {}, []],
  ['it closes', { clocks: [clock('close', 1_500)] }, ['next: Closed in 25 min']],
  [
    'it is given away',
    { clocks: [clock('reassign', 252)] },
    ['next: Given to another agent in 4 min 12 s'],
  ],
  [
    'the deadline and the next time-out',
    {
      dueAt: later(600),
      clocks: [clock('warning', 300), clock('reassign', 540), clock('overdue', 600)],
    },
    ['due: Answer due in 10 min', 'next: Given to another agent in 9 min'],
  ],
  [
    'it was warned',
    { dueAt: later(180), warnedAt: later(-60) },
    ['soon: About to be overdue · Answer due in 3 min'],
  ],
  [
    'it is overdue',
    { dueAt: later(-300), warnedAt: later(-600), overdueAt: later(-300) },
    ['overdue: Overdue by 5 min'],
  ],
  [
    'the deadline falls due this moment',
    { dueAt: later(-1), warnedAt: later(-300) },
    ['soon: About to be overdue · Answer due now'],
  ],
  [
    'an answer is on its way',
    { dueAt: later(60), clocksHeld: true },
    ['held: Clocks are held while an answer is on its way'],
  ],
  ['it is done', { status: 'done', dueAt: later(-60), overdueAt: later(-60) }, []],
])('says of the clocks when %s', (_when, given, expected) => {
  const lines = clockLines(aDetail(given), { words: wordsOf('en'), language: 'en', now: NOW });
  expect(lines.map(({ look, text }) => `${look}: ${text}`)).toEqual(expected);
});

test('says it in Vietnamese, too', () => {
  const detail = aDetail({
    dueAt: later(-300),
    overdueAt: later(-300),
    clocks: [clock('reassign', 61)],
  });
  const lines = clockLines(detail, { words: wordsOf('vi'), language: 'vi', now: NOW });
  expect(lines.map(({ text }) => text)).toEqual([
    'Quá hạn 5 phút',
    'Chuyển cho nhân viên khác sau 1 phút 1 giây',
  ]);
});

test.each([
  [-5_000, '0 s'],
  [59_900, '59 s'],
  [60_000, '1 min'],
  [599_000, '9 min 59 s'],
  [601_000, '10 min'],
])('counts %i ms down as %s', (ms, said) => {
  expect(countdown(ms, 'en')).toBe(said);
});

test.each<[string, Partial<Detail>, object]>([
  ['within the window', {}, { may: true, leftMs: 12 * 3_600_000, then: null }],
  ['nobody is in charge', { assignee: null }, { may: true, then: 'takes' }],
  ['it is done', { status: 'done' }, { may: true, then: 'reopens' }],
  [
    'it is done and waking',
    { status: 'done', waking: true, assignee: null },
    { may: true, then: 'takes' },
  ],
  [
    'the window has closed',
    { windowOpenUntil: later(0) },
    { may: false, because: 'window closed' },
  ],
  ['the customer never wrote', { windowOpenUntil: null }, { may: false, because: 'never wrote' }],
  [
    'comments have no window',
    { kind: 'comment', windowOpenUntil: null },
    { may: true, leftMs: null },
  ],
  ['only viewing is allowed', { access: 'view' }, { may: false, because: 'view only' }],
])('says whether one may answer: %s', (_when, given, expected) => {
  expect(answeringOf(aDetail(given), NOW)).toMatchObject(expected);
});

test.each([
  ['facebook', 'message', 'ế'.repeat(1_999), 1],
  ['facebook', 'comment', 'a', 7_999],
  ['instagram', 'message', 'ế', 997],
  ['instagram', 'comment', 'ế', 2_199],
] as const)('counts what is left on %s in a %s', (platform, kind, text, left) => {
  expect(leftOf(text, { platform, kind })).toBe(left);
});

test.each([
  ['Nguyễn Đào', 'nguyen dao', true],
  ['Nguyễn Đào', 'ĐÀO', true],
  ['Nguyễn Đào', '', true],
  ['Nguyễn Đào', 'Linh', false],
])('%s is found by %j: %s', (name, sought, isFound) => {
  expect(matches(name, sought)).toBe(isFound);
});

const entry = (given: Partial<Entry> & Pick<Entry, 'type'>): Entry => ({
  at: later(0),
  by: null,
  agent: null,
  from: null,
  added: [],
  removed: [],
  how: null,
  until: null,
  closingText: null,
  label: null,
  messageId: null,
  note: null,
  why: [],
  ...given,
});

test.each<[Entry, string]>([
  [entry({ type: 'opened', how: 'customer' }), 'Opened: the customer wrote'],
  [entry({ type: 'opened', how: 'by hand', by: an }), 'Moved to the inbox by An Trần'],
  [entry({ type: 'assigned', how: 'automatic', agent: an }), 'In charge: An Trần / automatic'],
  [
    entry({ type: 'assigned', how: 'manual', agent: an, from: linh, by: linh }),
    'In charge: An Trần / manual / before: Linh Lê / assigned by Linh Lê',
  ],
  [
    entry({ type: 'assigned', how: 'timeout', agent: an, from: linh }),
    'In charge: An Trần / time-out: no answer came in time / before: Linh Lê',
  ],
  [entry({ type: 'assigned', how: 'new way', agent: an }), 'In charge: An Trần / new way'],
  [entry({ type: 'not_assigned', how: 'nobody qualifies' }), 'Not assigned: nobody qualifies'],
  [
    entry({ type: 'unassigned', how: 'by hand', from: an, by: linh }),
    'An Trần is no longer in charge / manual / by Linh Lê',
  ],
  [entry({ type: 'close_cancelled', how: 'customer' }), 'Not closed: the customer wrote'],
  [entry({ type: 'done', how: 'agent', by: an }), 'Closed by An Trần'],
  [entry({ type: 'done', how: 'clock' }), 'Closed by itself'],
  [entry({ type: 'done', how: 'clock', closingText: 'none' }), 'Closed by itself'],
  [
    entry({ type: 'done', how: 'clock', closingText: 'skipped' }),
    'Closed by itself / closing text not sent: outside the 24 hours',
  ],
  [entry({ type: 'done', how: 'removed' }), 'Closed: everything the customer wrote was removed'],
  [
    entry({ type: 'unassigned', how: 'shift ended', from: an }),
    'An Trần is no longer in charge / end of the shift',
  ],
  [
    entry({ type: 'supporters', how: 'by hand', added: [linh], by: an }),
    'Support: Linh Lê / manual / by An Trần',
  ],
  [
    entry({ type: 'supporters', how: 'agent left', removed: [linh] }),
    'No longer helping: Linh Lê / left the team of the channel',
  ],
  [entry({ type: 'snoozed', until: later(60), by: an }), 'Snoozed / by An Trần'],
  [entry({ type: 'woken', how: 'time' }), 'Back from its snooze: the time had come'],
  [
    entry({ type: 'label_added', label: { id: 'l', name: 'Đổi trả' }, by: an }),
    'Label added: Đổi trả / by An Trần',
  ],
  [
    entry({ type: 'label_removed', label: { id: 'l', name: 'Đổi trả' }, by: an }),
    'Label removed: Đổi trả / by An Trần',
  ],
  [entry({ type: 'note', by: linh }), 'Internal note / by Linh Lê'],
  [entry({ type: 'moderation', how: 'hide', by: an }), 'Comment hidden / by An Trần'],
  [
    entry({ type: 'owner_changed', agent: an, from: linh }),
    'Responsible for the customer: An Trần / before: Linh Lê',
  ],
])('tells the history: %#', (told, expected) => {
  const words = wordsOf('en').thread.history;
  expect([headline(told, words), ...particulars(told, words)].join(' / ')).toBe(expected);
});
