import { describe, expect, test } from 'vitest';
import { decideAssignment, type AssignmentFacts } from '#domain/assignment.ts';
import type { AgentId } from '#domain/ids.ts';
import type { AssignAsk } from '#domain/session/ask.ts';
import type { Session } from '#domain/session/session.ts';
import {
  agent,
  an,
  assigned,
  binh,
  chi,
  firstMessage,
  foundNobody,
  given,
  minute,
  unassigned,
} from '#test/support/session-builders.ts';

import { byRules } from '#domain/session/ask.ts';
import { byHandOf as byHand, byTimeout, facts, member } from '#test/support/assignment-builders.ts';

const unassignedOne = given(...firstMessage(1));
const withAn = given(...firstMessage(1), assigned(an, 1));

const decide = (ask: AssignAsk, known: AssignmentFacts, session: Session = unassignedOne) =>
  decideAssignment(ask, session, known, minute(5));

/** Who got it, and who was picked last by the mode after that. */
const outcome = (ask: AssignAsk, known: AssignmentFacts) => {
  const { events, picked } = decide(ask, known);
  const [event] = events;
  return [event?.type === 'Assigned' ? event.agent : null, picked?.agent ?? known.cursors['']];
};

describe('R7, R8, R44: the rules give a session', () => {
  test.for<[string, AssignAsk, AssignmentFacts, [AgentId | null, AgentId | null]]>([
    ['to the first of the team at first', byRules(), facts(), [an, an]],
    ['to the one after whom the mode picked last', byRules(), facts({ cursor: an }), [binh, binh]],
    ['to the first again after the last', byRules(), facts({ cursor: chi }), [an, an]],
    [
      'to the first when who was picked last has left',
      byRules(),
      facts({ cursor: agent('left') }),
      [an, an],
    ],
    [
      'to nobody who is disabled',
      byRules(),
      facts({ team: [member(an, { disabled: true }), member(binh)] }),
      [binh, binh],
    ],
    [
      'to nobody who does not receive this kind',
      byRules(),
      facts({ team: [member(an, { receives: false }), member(binh)] }),
      [binh, binh],
    ],
    ['to nobody who was in charge during the wait', byTimeout(an, binh), facts(), [chi, chi]],
    [
      'to the next in turn of those who were not',
      byTimeout(an),
      facts({ cursor: chi }),
      [binh, binh],
    ],
    [
      'to nobody while distribution is off',
      byRules(),
      facts({ rules: { distribution: false } }),
      [null, null],
    ],
    ['to nobody when the team is empty', byRules(), facts({ team: [] }), [null, null]],
    [
      'to nobody when all were in charge',
      byTimeout(an, binh, chi),
      facts({ cursor: an }),
      [null, an],
    ],
    [
      'to the only one there is, again and again',
      byRules(),
      facts({ team: [member(an)], cursor: an }),
      [an, an],
    ],
  ])('%s', ([, ask, known, then]) => {
    expect(outcome(ask, known)).toEqual(then);
  });

  test('numbered, with who had it before', () => {
    const { events, refused } = decide(byTimeout(an), facts(), withAn);
    expect(refused).toBe(null);
    expect(events).toEqual([
      {
        type: 'Assigned',
        at: minute(5),
        no: 2,
        agent: binh,
        how: 'timeout',
        by: null,
        from: an,
      },
    ]);
  });

  test('from nobody after unassigning', () => {
    const session = given(...firstMessage(1), assigned(an, 1), unassigned(an, 2));
    expect(decide(byRules(), facts(), session).events).toMatchObject([{ no: 2, from: null }]);
  });

  test.for<[string, AssignmentFacts, string]>([
    ['while distribution is off', facts({ rules: { distribution: false } }), 'distribution off'],
    ['when nobody qualifies', facts({ team: [] }), 'nobody qualifies'],
  ])('or tell why not, %s', ([, known, cause]) => {
    const { events, refused } = decide(byRules(), known);
    expect(events).toEqual([
      { type: 'NotAssigned', at: minute(5), no: 1, how: 'automatic', cause },
    ]);
    expect(refused).toBe(null);
  });

  test('or tell the admins, if it is a time-out', () => {
    const { events } = decide(byTimeout(an), facts({ team: [] }), withAn);
    expect(events.map(({ type }) => type)).toEqual(['NotAssigned', 'Escalated']);
  });

  test('or tell the admins only once per wait', () => {
    const session = given(...firstMessage(1), assigned(an, 1), ...foundNobody(3));
    const { events } = decide(byTimeout(an), facts({ team: [] }), session);
    expect(events.map(({ type }) => type)).toEqual(['NotAssigned']);
  });
});

describe('R34: by hand a session goes', () => {
  test.for<[string, AssignAsk, AssignmentFacts, AgentId | null]>([
    ['to the one who is named', byHand(an, chi), facts(), chi],
    [
      'to who does not receive this kind',
      byHand(an, chi),
      facts({ team: [member(chi, { receives: false })] }),
      chi,
    ],
    [
      'to somebody though distribution is off',
      byHand(an, chi),
      facts({ rules: { distribution: false } }),
      chi,
    ],
    ['to the first of those who are named', byHand(binh, an, binh), facts(), an],
    [
      'to the next, if the first has left the team',
      byHand(binh, an, binh),
      facts({ team: [member(binh)] }),
      binh,
    ],
    [
      'to the next, if the first is disabled',
      byHand(binh, an, binh),
      facts({ team: [member(an, { disabled: true }), member(binh)] }),
      binh,
    ],
    [
      'R23: to the workspace owner, who counts as in every team',
      byHand(an, an),
      facts({ team: [member(an, { listed: false })] }),
      an,
    ],
    [
      'R57: to nobody who has just left, not even who takes it',
      byHand(an, an),
      facts({ team: [] }),
      null,
    ],
    ['to nobody who is not of the team', byHand(an, chi), facts({ team: [member(an)] }), null],
    [
      'to nobody who is disabled',
      byHand(an, chi),
      facts({ team: [member(chi, { disabled: true })] }),
      null,
    ],
  ])('%s', ([, ask, known, then]) => {
    const { events, refused } = decide(ask, known);
    expect(events.map((event) => event.type === 'Assigned' && event.agent)).toEqual(
      then === null ? [] : [then],
    );
    expect(refused).toEqual(then === null ? { code: 'NOT_IN_TEAM' } : null);
  });

  test('without moving the rotation', () => {
    const { picked, trace } = decide(byHand(an, chi), facts({ cursor: an }));
    expect([picked, trace.cursor]).toEqual([null, { before: an, after: an }]);
  });

  test('telling who did it', () => {
    const { events } = decide(byHand(binh, chi), facts(), withAn);
    expect(events).toMatchObject([{ how: 'manual', by: binh, from: an, agent: chi, no: 2 }]);
  });
});
