import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideAssignment, type AssignmentFacts, type Trace } from '#domain/assignment.ts';
import type { AgentId } from '#domain/ids.ts';
import type { AssignAsk } from '#domain/session/ask.ts';
import type { Session } from '#domain/session/session.ts';
import {
  agent,
  an,
  binh,
  chi,
  firstMessage,
  given,
  minute,
} from '#test/support/session-builders.ts';

import { byRules } from '#domain/session/ask.ts';
import { byHandOf as byHand, byTimeout, facts, member } from '#test/support/assignment-builders.ts';

const unassignedOne = given(...firstMessage(1));

const decide = (ask: AssignAsk, known: AssignmentFacts, session: Session = unassignedOne) =>
  decideAssignment(ask, session, known, minute(5));

describe('R10: the trace tells', () => {
  test.for<[string, AssignAsk, AssignmentFacts, Trace['steps']]>([
    [
      'of each candidate why',
      byTimeout(binh),
      facts({
        team: [
          member(an, { disabled: true }),
          member(binh),
          member(chi),
          member(agent('dung')),
          member(agent('em'), { receives: false }),
        ],
      }),
      [
        { rule: 'automatic distribution', result: 'on', candidates: [] },
        { rule: "customer's owner", result: 'off', candidates: [] },
        {
          rule: 'sequential',
          result: 'chi',
          candidates: [
            { agent: an, taken: false, why: 'disabled' },
            { agent: binh, taken: false, why: 'was in charge during this wait' },
            { agent: chi, taken: true, why: 'next in turn' },
            { agent: agent('dung'), taken: false, why: 'later in turn' },
            { agent: agent('em'), taken: false, why: 'does not receive this kind' },
          ],
        },
      ],
    ],
    [
      'that nobody was left',
      byTimeout(an),
      facts({ team: [member(an)] }),
      [
        { rule: 'automatic distribution', result: 'on', candidates: [] },
        { rule: "customer's owner", result: 'off', candidates: [] },
        {
          rule: 'sequential',
          result: 'nobody',
          candidates: [{ agent: an, taken: false, why: 'was in charge during this wait' }],
        },
      ],
    ],
    [
      'that distribution was off',
      byRules(),
      facts({ rules: { distribution: false } }),
      [{ rule: 'automatic distribution', result: 'off', candidates: [] }],
    ],
    [
      'who was chosen by hand, and who before them could not be',
      byHand(chi, an, binh, chi),
      facts({ team: [member(binh), member(chi)] }),
      [
        {
          rule: 'by hand',
          result: 'binh',
          candidates: [
            { agent: an, taken: false, why: 'not in the team' },
            { agent: binh, taken: true, why: 'chosen' },
          ],
        },
      ],
    ],
  ])('%s', ([, ask, known, steps]) => {
    expect(decide(ask, known).trace.steps).toEqual(steps);
  });

  test('where the rotation stood before and after', () => {
    expect(decide(byRules(), facts({ cursor: an })).trace.cursor).toEqual({
      before: an,
      after: binh,
    });
  });
});

test('R7: a team that stays the same shares the sessions evenly, to one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(60), (size, sessions) => {
      const team = Array.from({ length: size }, (_, index) =>
        member(agent(`agent-${String(index)}`)),
      );
      const counts = new Map(team.map((one) => [one.agent, 0]));
      let cursor: AgentId | null = null;
      for (let n = 0; n < sessions; n += 1) {
        const decision = decide(byRules(), facts({ team, cursor }));
        cursor = decision.picked?.agent ?? cursor;
        if (cursor !== null) counts.set(cursor, (counts.get(cursor) ?? 0) + 1);
      }
      expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
    }),
  );
});
