import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideAssignment,
  type AssignmentFacts,
  type CandidateReason,
  type TeamMember,
} from '#domain/assignment.ts';
import { placesFree } from '#domain/distribution.ts';
import type { AgentId } from '#domain/ids.ts';
import type { KeywordRule } from '#domain/keyword-rule.ts';
import { byRules, type AssignAsk } from '#domain/session/ask.ts';
import { evolve } from '#domain/session/evolve.ts';
import type { NotAssignedCause } from '#domain/session/event.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import { byHandOf, byTimeout, facts, group, member } from '#test/support/assignment-builders.ts';
import {
  agent,
  an,
  assigned,
  binh,
  chi,
  done,
  firstMessage,
  given,
  minute,
} from '#test/support/session-builders.ts';

const dung = agent('dung');
const sales = group('sales');
const care = group('care');

/** A session that nobody has had yet, and one that An had in its last round. */
const fresh = given(...firstMessage(1));
const ofAn = given(...firstMessage(1), assigned(an, 1), done(2), ...firstMessage(3, 2));

const opening = byRules({ sticky: true });

const decide = (known: AssignmentFacts, session: Session = fresh, ask: AssignAsk = opening) =>
  decideAssignment(ask, session, known, minute(5));

type Then = AgentId | NotAssignedCause;

/** Who gets it, or why nobody does. */
function result(known: AssignmentFacts, session?: Session, ask?: AssignAsk): Then | undefined {
  const [event] = decide(known, session, ask).events;
  if (event?.type === 'Assigned') return event.agent;
  return event?.type === 'NotAssigned' ? event.cause : undefined;
}

const rule = (keyword: string, target: KeywordRule['target']): KeywordRule => ({
  keywords: [keyword],
  target,
});
const toGroup = (id = sales): KeywordRule['target'] => ({ type: 'group', id });
const toAgent = (id: AgentId): KeywordRule['target'] => ({ type: 'agent', id });

describe('R4: an existing customer goes to who is responsible already', () => {
  test.for<[string, AssignmentFacts, Session, Then]>([
    ['back to its last assignee', facts({ cursor: an }), ofAn, an],
    ['a new session to whoever had the customer last', facts({ previous: chi }), fresh, chi],
    ['its own last assignee before another session’s', facts({ previous: chi }), ofAn, an],
    ['nobody is responsible: the rules decide', facts({ cursor: an }), fresh, binh],
    ['switched off: the rules decide', facts({ rules: { sticky: false }, cursor: an }), ofAn, binh],
    [
      'R4 × R5: also while distribution is off',
      facts({ rules: { distribution: false } }),
      ofAn,
      an,
    ],
    [
      'R4 × R8: also to who is offline',
      facts({ rules: { applyTo: 'online' }, team: [member(an, { online: false }), member(binh)] }),
      ofAn,
      an,
    ],
    [
      'R4 × R3: also to who does not receive this kind',
      facts({ team: [member(an, { receives: false }), member(binh)] }),
      ofAn,
      an,
    ],
    [
      'R4 × R48: also to who has no place free',
      facts({ team: [member(an, { capacity: 1, load: 1 }), member(binh)] }),
      ofAn,
      an,
    ],
    ['R4 × R48: though others wait longer', facts({ lineHead: minute(0) }), ofAn, an],
    [
      'R4 × R6: before the customer’s owner',
      facts({ rules: { ownerPriority: true }, owner: chi }),
      ofAn,
      an,
    ],
    [
      'R4 × R9: before a keyword',
      facts({ rules: { keywordRules: [rule('giá', toAgent(chi))] }, texts: ['giá'] }),
      ofAn,
      an,
    ],
    [
      'R4 × R3: unassigned, when they are no longer of the team',
      facts({ team: [member(binh)] }),
      ofAn,
      'responsible left',
    ],
    [
      'R4 × R56: unassigned, when they are disabled',
      facts({ team: [member(an, { disabled: true }), member(binh)] }),
      ofAn,
      'responsible left',
    ],
    [
      'R4 × R6: nor does it fall through to the owner',
      facts({ rules: { ownerPriority: true }, owner: binh, team: [member(binh)] }),
      ofAn,
      'responsible left',
    ],
    [
      'R4 × R23: to the workspace owner, who counts as in every team',
      facts({ team: [member(binh), member(an, { listed: false })] }),
      ofAn,
      an,
    ],
  ])('%s', ([, known, session, then]) => {
    expect(result(known, session)).toBe(then);
  });

  test('who is out by R4 stands in no line', () => {
    const { events } = decide(facts({ team: [member(binh)] }), ofAn);
    const after = events.reduce(evolve, ofAn);
    expect(isOpen(after) && [after.assignee, after.inLineSince]).toEqual([null, null]);
  });

  test('R4 × R44, R57: a time-out and a departure ask the rules, not R4', () => {
    expect(result(facts({ cursor: chi }), ofAn, byTimeout(an))).toBe(binh);
    expect(result(facts({ cursor: an }), ofAn, byRules())).toBe(binh);
  });
});

describe('R5: automatic distribution', () => {
  test('off: new sessions stay unassigned, in a line that stands still until it is on', () => {
    const { events } = decide(facts({ rules: { distribution: false } }));
    const after = events.reduce(evolve, fresh);
    expect(isOpen(after) && [after.assignee, after.inLineSince]).toEqual([null, minute(1)]);
    expect(placesFree(facts({ rules: { distribution: false } }))).toBe(0);
  });
  test.for<[string, AssignmentFacts]>([
    ['R5 × R6', facts({ rules: { distribution: false, ownerPriority: true }, owner: an })],
    [
      'R5 × R9',
      facts({
        rules: { distribution: false, keywordRules: [rule('giá', toAgent(chi))] },
        texts: ['giá'],
      }),
    ],
  ])('%s: off, nothing else is asked', ([, known]) => {
    expect(result(known)).toBe('distribution off');
  });
});

describe('R6: the customer’s owner comes first', () => {
  const owned = (
    owner: AgentId,
    more: Partial<TeamMember> = {},
    rules: Partial<AssignmentFacts['rules']> = {},
  ) =>
    facts({
      rules: { ownerPriority: true, ...rules },
      owner,
      team: [member(an), member(binh, more), member(chi)],
    });
  test.for<[string, AssignmentFacts, Then]>([
    ['if they qualify', owned(binh), binh],
    ['not when it is switched off', owned(binh, {}, { ownerPriority: false }), an],
    ['R6 × R3: not when they are not of the team', owned(dung), an],
    ['R6 × R56: not when they are disabled', owned(binh, { disabled: true }), an],
    ['R6 × R3: not when they do not receive this kind', owned(binh, { receives: false }), an],
    [
      'R6 × R8: not when they are offline and only who is online counts',
      owned(binh, { online: false }, { applyTo: 'online' }),
      an,
    ],
    ['R6 × R8: offline, when all count', owned(binh, { online: false }), binh],
    ['R6 × R48: not when they have no place free', owned(binh, { capacity: 2, load: 2 }), an],
    ['R6 × R48: with one place left', owned(binh, { capacity: 2, load: 1 }), binh],
    ['R6 × R23: not who is no more than workspace owner', owned(binh, { listed: false }), an],
    [
      'R6 × R9: before a keyword',
      {
        ...owned(binh, {}, { keywordRules: [rule('giá', toAgent(chi))] }),
        texts: ['giá'],
      },
      binh,
    ],
  ])('%s', ([, known, then]) => {
    expect(result(known)).toBe(then);
  });
  test('R6 × R44: not who was in charge during the wait', () => {
    expect(result(owned(binh), fresh, byTimeout(binh))).toBe(an);
    expect(result(owned(binh), fresh, byTimeout(an))).toBe(binh);
  });
  test('R6 × R7: no rotation moves', () => {
    expect(decide(owned(binh)).picked).toBeNull();
  });
});

describe('R7: the mode', () => {
  test('sequential: each rotation is its own', () => {
    const known = facts({
      rules: { keywordRules: [rule('giá', toGroup())] },
      groups: { [sales]: [binh, chi] },
      texts: ['giá bao nhiêu'],
      cursors: { '': chi, 'group:sales': binh },
    });
    expect(result(known)).toBe(chi);
    expect(decide(known).picked).toEqual({ rotation: 'group:sales', agent: chi });
    expect(decide({ ...known, texts: ['chào'] }).picked).toEqual({ rotation: '', agent: an });
  });
  test.for([
    [0, an],
    [0.34, binh],
    [0.99, chi],
  ] as const)('random: the dice decide (%s)', ([dice, then]) => {
    const known = facts({ rules: { mode: 'random' }, dice, cursor: an });
    expect(result(known)).toBe(then);
    expect(decide(known).picked).toBeNull();
  });
  test('R7 × R8: random among those who qualify', () => {
    const team = [member(an, { online: false }), member(binh), member(chi)];
    const known = facts({ rules: { mode: 'random', applyTo: 'online' }, team, dice: 0.4 });
    expect(result(known)).toBe(binh);
  });
});

describe('R8: only agents online now', () => {
  const team = [member(an, { online: false }), member(binh), member(chi, { online: false })];
  test.for<[string, AssignmentFacts, Then]>([
    ['the next in turn who is online', facts({ rules: { applyTo: 'online' }, team }), binh],
    ['everybody, offline included', facts({ team, cursor: binh }), chi],
    [
      'R8 × R58: away on purpose, nobody gets anything, offline agents included',
      facts({ team: [member(an, { online: false, away: true }), member(binh, { online: false })] }),
      binh,
    ],
    [
      'nobody online: into the line',
      facts({ rules: { applyTo: 'online' }, team: [member(an, { online: false })] }),
      'nobody qualifies',
    ],
    [
      'R8 × R48: online, but no place free',
      facts({ rules: { applyTo: 'online' }, team: [member(an, { capacity: 0 })] }),
      'nobody qualifies',
    ],
  ])('%s', ([, known, then]) => {
    expect(result(known)).toBe(then);
  });
});

describe('R9: custom rules', () => {
  const known = (texts: string[], rules: KeywordRule[], more = {}) =>
    facts({
      rules: { keywordRules: rules },
      groups: { [sales]: [binh, chi], [care]: [dung] },
      texts,
      ...more,
    });
  const bySales = rule('giá bao nhiêu', toGroup());
  test.for<[string, AssignmentFacts, Then]>([
    ['accents and case are ignored', known(['Gia BAO nhieu vậy?'], [bySales]), binh],
    ['NFD is as good as NFC', known(['giá bao nhiêu'.normalize('NFD')], [bySales]), binh],
    ['whole words only', known(['giábaonhiêu'], [bySales]), an],
    ['the words stand together', known(['giá này bao nhiêu'], [bySales]), an],
    ['any of the wait’s messages', known(['chào shop', 'giá bao nhiêu'], [bySales]), binh],
    ['the first match wins', known(['giá bao nhiêu'], [rule('giá', toAgent(chi)), bySales]), chi],
    [
      'a target with nobody who qualifies falls through to the next rule',
      known(['giá bao nhiêu'], [rule('giá', toGroup(care)), bySales]),
      binh,
    ],
    ['and at last to the whole pool', known(['giá'], [rule('giá', toGroup(care))]), an],
    ['a person as target', known(['đổi trả'], [rule('doi tra', toAgent(chi))]), chi],
    [
      'R9 × R3: a person who is not of the team',
      known(['đổi trả'], [rule('doi tra', toAgent(dung))]),
      an,
    ],
    [
      'R9 × R8: a target that is offline',
      known(['giá'], [rule('giá', toAgent(chi))], {
        rules: { keywordRules: [rule('giá', toAgent(chi))], applyTo: 'online' },
        team: [member(an), member(chi, { online: false })],
      }),
      an,
    ],
    [
      'R9 × R48: a target that is full',
      known(['giá'], [rule('giá', toAgent(chi))], {
        team: [member(an), member(chi, { capacity: 1, load: 1 })],
      }),
      an,
    ],
    ['a group that is no more', known(['giá'], [rule('giá', toGroup(group('gone')))]), an],
  ])('%s', ([, one, then]) => {
    expect(result(one)).toBe(then);
  });
  test('R9 × R44: within the target those who were in charge are passed over', () => {
    expect(result(known(['giá bao nhiêu'], [bySales]), fresh, byTimeout(binh))).toBe(chi);
    expect(result(known(['giá bao nhiêu'], [bySales]), fresh, byTimeout(binh, chi))).toBe(an);
  });
});

describe('R48: capacity and the waiting line', () => {
  test.for<[string, AssignmentFacts, AssignAsk, Then]>([
    ['who is full is passed over', facts({ team: [full(an), member(binh)] }), opening, binh],
    ['all are full: into the line', facts({ team: [full(an)] }), opening, 'nobody qualifies'],
    [
      'who comes new joins behind who waits longer',
      facts({ lineHead: minute(0) }),
      opening,
      'behind others in line',
    ],
    ['not behind who waits shorter', facts({ lineHead: minute(4) }), opening, an],
    ['whose turn it is goes first', facts({ lineHead: minute(0) }), byRules({ isWoken: true }), an],
    ['R48 × R44: a time-out waits for nobody', facts({ lineHead: minute(0) }), byTimeout(), an],
    [
      'R48 × R5: off, there is no line',
      facts({ rules: { distribution: false }, lineHead: minute(0) }),
      opening,
      'distribution off',
    ],
  ])('%s', ([, known, ask, then]) => {
    expect(result(known, fresh, ask)).toBe(then);
  });

  test.for<[string, TeamMember[], Partial<AssignmentFacts['rules']>, number]>([
    ['one without a capacity takes all', [full(an), member(binh)], {}, Infinity],
    ['what is left of each', [member(an, { capacity: 5, load: 2 }), full(binh)], {}, 3],
    ['more than full counts as full', [member(an, { capacity: 1, load: 4 })], {}, 0],
    ['nobody online', [member(an, { online: false })], { applyTo: 'online' }, 0],
    ['distribution off', [member(an)], { distribution: false }, 0],
    ['the workspace owner is given nothing', [member(an, { listed: false })], {}, 0],
  ])('places free: %s', ([, team, rules, places]) => {
    expect(placesFree(facts({ team, rules }))).toBe(places);
  });
});

function full(one: AgentId): TeamMember {
  return member(one, { capacity: 3, load: 3 });
}

describe('R34: by hand to a group', () => {
  const ask = (more: Partial<AssignAsk> = {}) =>
    byRules({ how: 'manual', by: an, group: sales, ...more });
  const known = (more: Parameters<typeof facts>[0] = {}) =>
    facts({ groups: { [sales]: [binh, chi] }, ...more });
  test.for<[string, AssignmentFacts, AssignAsk, string]>([
    ['the mode picks within it', known({ cursors: { 'group:sales': binh } }), ask(), 'chi'],
    ['not who is in charge already', known(), ask({ exclude: [binh] }), 'chi'],
    [
      'R34 × R5: though distribution is off',
      known({ rules: { distribution: false } }),
      ask(),
      'binh',
    ],
    ['R34 × R48: though they are full', known({ team: [full(binh)] }), ask(), 'binh'],
    [
      'R34 × R8: only who is online, if that is set',
      known({
        rules: { applyTo: 'online' },
        team: [member(binh, { online: false }), member(chi)],
      }),
      ask(),
      'chi',
    ],
    ['nobody of it is of the team', known({ team: [member(an)] }), ask(), 'NOT_IN_TEAM'],
    [
      'nobody of it is there',
      known({ rules: { applyTo: 'online' }, team: [member(binh, { online: false })] }),
      ask(),
      'NOBODY_AVAILABLE',
    ],
  ])('%s', ([, one, asked, then]) => {
    const { events, refused } = decide(one, fresh, asked);
    const [event] = events;
    expect(refused?.code ?? (event?.type === 'Assigned' ? event.agent : null)).toBe(then);
  });
});

describe('where rules meet', () => {
  const away = (who: AgentId) => member(who, { away: true });
  const full = (who: AgentId) => member(who, { capacity: 1, load: 1 });
  const roomy = (who: AgentId) => member(who, { capacity: 2, load: 1 });
  const left = (...exclude: AgentId[]) => byRules({ exclude, viaLine: true });
  const price = { rules: { keywordRules: [rule('giá', toAgent(chi))] }, texts: ['giá?'] };

  test.for<[string, AssignmentFacts, Session, AssignAsk, Then]>([
    ['R4 × R58: also to who is away', facts({ team: [away(an), member(binh)] }), ofAn, opening, an],
    [
      'R6 × R58: not the owner who is away',
      facts({ rules: { ownerPriority: true }, owner: an, team: [away(an), member(binh)] }),
      fresh,
      opening,
      binh,
    ],
    [
      'R6 × R57: the owner who has just left is passed over',
      facts({ rules: { ownerPriority: true }, owner: an, team: [member(binh)] }),
      fresh,
      left(),
      binh,
    ],
    [
      'R6 × R58: who has just gone home does not get it back as its owner',
      facts({ rules: { ownerPriority: true }, owner: an }),
      fresh,
      left(an),
      binh,
    ],
    [
      'R7 × R48: in turn means the next with a place',
      facts({ team: [roomy(an), full(binh), roomy(chi)], cursor: an }),
      fresh,
      opening,
      chi,
    ],
    [
      'R7 × R58: in turn means the next who is not away',
      facts({ team: [member(an), away(binh), member(chi)], cursor: an }),
      fresh,
      opening,
      chi,
    ],
    [
      'R8 × R44: a time-out finds only who is online',
      facts({
        rules: { applyTo: 'online' },
        team: [member(an), member(binh, { online: false }), member(chi)],
      }),
      ofAn,
      byTimeout(an),
      chi,
    ],
    [
      'R44 × R58: and nobody who is away',
      facts({ team: [member(an), away(binh), member(chi)] }),
      ofAn,
      byTimeout(an),
      chi,
    ],
    [
      'R44 × R48: and nobody who is full',
      facts({ team: [member(an), full(binh), roomy(chi)] }),
      ofAn,
      byTimeout(an),
      chi,
    ],
    [
      'R9 × R58: a target who is away: the whole pool',
      facts({ ...price, team: [member(an), member(binh), away(chi)] }),
      fresh,
      opening,
      an,
    ],
    [
      'R9 × R57: a target who has just left: the whole pool',
      facts({ ...price, team: [member(an), member(binh)] }),
      fresh,
      left(),
      an,
    ],
    ['R9 × R57: a departure asks the keyword rules too', facts(price), fresh, left(), chi],
    [
      'R48 × R57: of many who are let go the line says who is first, where places are limited',
      facts({ team: [roomy(an), full(binh)] }),
      fresh,
      left(),
      'behind others in line',
    ],
    [
      'R48 × R57: it is asked at once where somebody has no limit',
      facts({ team: [full(an), member(binh)] }),
      fresh,
      left(),
      binh,
    ],
    [
      'R48 × R57: and where no place is free the trace says why',
      facts({ team: [full(an), full(binh)] }),
      fresh,
      left(),
      'nobody qualifies',
    ],
    [
      'R48 × R58: a place of who is away is none',
      facts({ team: [member(an, { capacity: 5, away: true })] }),
      fresh,
      left(),
      'nobody qualifies',
    ],
    [
      'R5 × R57: what is let go while distribution is off waits in the line',
      facts({ rules: { distribution: false } }),
      fresh,
      left(),
      'distribution off',
    ],
    [
      'R5 × R58: nor does a shift’s end give anything out then',
      facts({ rules: { distribution: false } }),
      fresh,
      left(an),
      'distribution off',
    ],
    [
      'R7 × R9: by chance within the target of a rule',
      facts({
        rules: { mode: 'random', keywordRules: [rule('giá', toGroup())] },
        groups: { [sales]: [binh, chi] },
        texts: ['giá?'],
        dice: 0.9,
      }),
      fresh,
      opening,
      chi,
    ],
  ])('%s', ([, known, session, ask, then]) => {
    expect(result(known, session, ask)).toBe(then);
  });

  test('R4 × R7: going back moves no rotation', () => {
    expect(decide(facts({ cursor: binh }), ofAn).picked).toBeNull();
  });

  test.for<[string, AssignAsk, Session, Partial<Parameters<typeof facts>[0]>, AgentId | null]>([
    ['R11 × R7: by the mode', opening, fresh, {}, an],
    ['R11 × R4: back to who is responsible', opening, ofAn, {}, an],
    ['R11 × R44: by a time-out', byTimeout(an), ofAn, {}, binh],
    ['R11 × R34: by hand', byHandOf(an, chi), ofAn, {}, chi],
    ['R11 × R57: by a departure', left(), fresh, { cursor: an }, binh],
    ['R11 × R48: nobody, who joins the line', opening, fresh, { team: [full(an)] }, null],
    ['R11 × R34: nobody, who is not of the team', byHandOf(an, dung), ofAn, {}, null],
  ])('%s', ([, ask, session, more, owner]) => {
    const known = facts({ ...more, rules: { transferOwner: true } });
    expect(decide(known, session, ask).newOwner).toBe(owner);
    expect(
      decide({ ...known, rules: { ...known.rules, transferOwner: false } }, session, ask).newOwner,
    ).toBeNull();
  });
});

describe('R10: the trace', () => {
  test('tells each step and each candidate, why taken or passed over', () => {
    const { trace } = decide(
      facts({
        rules: {
          ownerPriority: true,
          applyTo: 'online',
          keywordRules: [rule('giá', toAgent(chi))],
        },
        owner: binh,
        texts: ['giá?'],
        team: [
          member(an),
          member(binh, { capacity: 1, load: 1 }),
          member(chi, { online: false }),
          member(dung),
        ],
      }),
    );
    const told = trace.steps.map(({ rule: name, result: who, candidates, about, target }) => [
      name,
      who,
      about === undefined ? undefined : `${about} → ${target}`,
      candidates.map(({ agent: one, why }): [AgentId, CandidateReason] => [one, why]),
    ]);
    expect(told).toEqual([
      ['already responsible', 'nobody', undefined, []],
      ['automatic distribution', 'on', undefined, []],
      ["customer's owner", 'nobody', undefined, [[binh, 'has no place free']]],
      ['keyword', 'nobody', 'giá → chi', [[chi, 'offline']]],
      [
        'sequential',
        'an',
        undefined,
        [
          [an, 'next in turn'],
          [binh, 'has no place free'],
          [chi, 'offline'],
          [dung, 'later in turn'],
        ],
      ],
    ]);
  });
});

const people = ['an', 'binh', 'chi', 'dung', 'em'].map(agent);
const someone = fc.constantFrom(...people);
const anyMember = fc.record({
  disabled: fc.boolean(),
  receives: fc.boolean(),
  online: fc.boolean(),
  away: fc.boolean(),
  load: fc.nat(3),
  capacity: fc.option(fc.nat(3)),
  listed: fc.boolean(),
});
const anyFacts = fc
  .record({
    team: fc.array(anyMember, { maxLength: 5 }),
    rules: fc.record({
      sticky: fc.boolean(),
      distribution: fc.boolean(),
      ownerPriority: fc.boolean(),
      mode: fc.constantFrom('sequential' as const, 'random' as const),
      applyTo: fc.constantFrom('online' as const, 'all' as const),
      keywordRules: fc.array(
        fc.record({
          keywords: fc.subarray(['giá', 'đổi trả', 'ship']),
          target: fc.oneof(
            someone.map((id) => toAgent(id)),
            fc.constantFrom(sales, care).map((id) => toGroup(id)),
          ),
        }),
        { maxLength: 3 },
      ),
      transferOwner: fc.boolean(),
    }),
    groups: fc.record({ [sales]: fc.subarray(people), [care]: fc.subarray(people) }),
    owner: fc.option(someone),
    previous: fc.option(someone),
    texts: fc.subarray(['Gia sao?', 'đổi trả', 'chào shop']),
    lineHead: fc.option(fc.integer({ min: 0, max: 8 }).map(minute)),
    cursor: fc.option(someone),
    dice: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  })
  .map(({ team, ...more }) =>
    facts({
      ...more,
      team: team.map((one, index) => member(people[index] ?? an, one)),
    }),
  );
const anyAsk = fc.oneof(
  fc.constant(opening),
  fc.constant(byRules({ isWoken: true })),
  fc.subarray(people).map((tried) => byTimeout(...tried)),
  fc.subarray(people).map((exclude) => byRules({ exclude, viaLine: true })),
);

describe('whatever the team and the settings', () => {
  test('nobody gets a session by the rules who may not have it', () => {
    fc.assert(
      fc.property(anyFacts, anyAsk, (known, ask) => {
        const { events, trace, picked } = decide(known, fresh, ask);
        const [event] = events;
        if (event?.type !== 'Assigned') return;
        const chosen = known.team.find((one) => one.agent === event.agent);
        expect(chosen?.disabled).toBe(false);
        expect(ask.exclude).not.toContain(event.agent);
        const isByRules = trace.steps.at(-1)?.rule !== 'already responsible';
        if (isByRules) {
          expect(known.rules.distribution && chosen?.listed && chosen.receives).toBe(true);
          expect(chosen?.away).toBe(false);
          if (known.rules.applyTo === 'online') expect(chosen?.online).toBe(true);
          expect(chosen?.capacity == null || chosen.load < chosen.capacity).toBe(true);
        }
        expect(trace.steps.at(-1)?.result).toBe(event.agent);
        if (picked !== null) expect(picked.agent).toBe(event.agent);
        const taken = trace.steps.flatMap(({ candidates }) =>
          candidates.filter((one) => one.taken),
        );
        expect(taken.map((one) => one.agent)).toEqual([event.agent]);
      }),
    );
  });

  test('somebody gets it whenever a place is free and nobody waits longer', () => {
    fc.assert(
      fc.property(anyFacts, (known) => {
        const open = { ...known, lineHead: null, previous: null };
        const got = result(open);
        expect(typeof got === 'string' && people.includes(got as AgentId)).toBe(
          placesFree(open) > 0,
        );
      }),
    );
  });

  test('the same question with the same facts has the same answer', () => {
    fc.assert(
      fc.property(anyFacts, anyAsk, (known, ask) => {
        expect(decide(known, ofAn, ask)).toEqual(decide(known, ofAn, ask));
      }),
    );
  });
});
