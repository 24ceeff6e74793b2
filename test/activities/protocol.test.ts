import { expect, test } from 'vitest';
import { lifted, type TurnToCommit } from '#activities/protocol.ts';
import { byRules } from '#domain/session/ask.ts';

/** As version 1 of the program handed it to its activity. */
const ofVersion1 = {
  sessionId: 's',
  key: 'k',
  expected: { run: 0, version: 0 },
  run: 1,
  events: [],
  lastSeq: 1,
  outcomes: [],
  actors: [{ seq: 1, agent: 'an', assignee: null }],
  ask: { ask: 'assign', how: 'automatic', to: null, by: null, exclude: ['chi'], commandId: null },
  now: 1,
  deliveriesUpTo: null,
} as unknown as TurnToCommit;

test('a turn that version 1 asked to commit is lifted: activities outlive an upgrade', () => {
  const { ask, actors, ...rest } = lifted(ofVersion1);
  expect(ask).toEqual(byRules({ exclude: ['chi' as never] }));
  expect(actors).toEqual([{ seq: 1, agent: 'an', assignee: null, supporters: [], needs: 'act' }]);
  expect(rest).toEqual({ ...ofVersion1, ask: undefined, actors: undefined, ...rest });
});

test('a turn of today stays as it is', () => {
  const close = { ...lifted(ofVersion1), ask: { ask: 'close' as const, dueAt: 5 } };
  expect(lifted(close)).toEqual(close);
});
