import { expect, test } from 'vitest';
import { toRows } from '#lib/thread/rows.ts';
import { aMessage, anAnswer, later, linh } from './builders.ts';

/** `[` and `]` where a group starts and ends, `>` before a reply. */
function drawn(rows: ReturnType<typeof toRows>): string[] {
  return rows.map(
    ({ message, startsGroup, endsGroup, isReply }) =>
      `${isReply ? '>' : ''}${startsGroup ? '[' : ''}${message.id}${endsGroup ? ']' : ''}`,
  );
}

test('what one person writes within five minutes is one group', () => {
  const messages = [
    aMessage({ seq: 1 }),
    aMessage({ seq: 2, occurredAt: later(300) }),
    aMessage({ seq: 3, occurredAt: later(601) }),
  ];
  expect(drawn(toRows(messages, 'UTC'))).toEqual(['[m1', 'm2]', '[m3]']);
});

test('two agents are two groups, and so are a note and an answer of one agent', () => {
  const messages = [
    anAnswer({ seq: 1 }),
    anAnswer({ seq: 2, agent: linh }),
    anAnswer({ seq: 3, agent: linh, direction: 'note' }),
    anAnswer({ seq: 4, agent: linh, direction: 'note' }),
  ];
  expect(drawn(toRows(messages, 'UTC'))).toEqual(['[m1]', '[m2]', '[m3]', '[m4]']);
});

test('a day line stands before the first message of a day, in the time zone of the viewer', () => {
  const messages = [
    aMessage({ seq: 1, occurredAt: '2026-11-22T16:59:00Z' }),
    aMessage({ seq: 2, occurredAt: '2026-11-22T17:01:00Z' }),
  ];
  const days = (timeZone: string) => toRows(messages, timeZone).map(({ day }) => day !== null);
  expect(days('UTC')).toEqual([true, false]);
  expect(days('Asia/Ho_Chi_Minh')).toEqual([true, true]);
  expect(drawn(toRows(messages, 'Asia/Ho_Chi_Minh'))).toEqual(['[m1]', '[m2]']);
});

test('answers stand under their comment, even those of another day', () => {
  const messages = [
    aMessage({ seq: 1, commentId: 'c1' }),
    aMessage({ seq: 2, commentId: 'c2' }),
    anAnswer({ seq: 3, commentId: null, parent: 'c1', occurredAt: later(86_400) }),
    aMessage({ seq: 4, commentId: 'c4', parent: 'c1', occurredAt: later(86_460) }),
  ];
  const rows = toRows(messages, 'UTC');
  expect(drawn(rows)).toEqual(['[m1]', '>[m3]', '>[m4]', '[m2]']);
  expect(rows.map(({ isOfOtherDay }) => isOfOtherDay)).toEqual([false, true, true, false]);
  expect(rows.map(({ day }) => day !== null)).toEqual([true, false, false, false]);
});

test('an answer whose comment is further back keeps its place and is still an answer', () => {
  const messages = [
    aMessage({ seq: 1, commentId: 'c1', parent: 'c0' }),
    aMessage({ seq: 2, commentId: 'c2' }),
  ];
  expect(drawn(toRows(messages, 'UTC'))).toEqual(['>[m1]', '[m2]']);
});
