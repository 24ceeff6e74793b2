import { describe, expect, test } from 'vitest';
import type { Trace, TraceStep } from '#domain/assignment.ts';
import { cursorsBefore } from '#domain/dry-run/start.ts';
import { teamOf } from '#domain/dry-run/team.ts';
import {
  compareAssignments,
  diceOf,
  type Comparison,
  type Dice,
  type DryRunHistory,
  type DryRunSettings,
  type Side,
} from '#domain/dry-run/compare.ts';
import type { AgentId, GroupId, SessionKind } from '#domain/ids.ts';
import { HOUR, MINUTE } from '#domain/instant.ts';
import { keywordFinder, keywordIn, type KeywordRule } from '#domain/keyword-rule.ts';
import { DEFAULT_RULES, group, member } from '#test/support/assignment-builders.ts';
import { anything, chance, RecordedDays, WORDS, type Place } from '#test/support/recorded-days.ts';
import { agent, an, binh, chi, clocks } from '#test/support/session-builders.ts';

const dung = agent('dung');
/** By session alone: in a replay a place is given a moment sooner than it was. */
const dice: Dice = (session) => diceOf(7)(session, 0);

type Change = Partial<Omit<DryRunSettings, 'rules'>> & { rules?: Partial<DryRunSettings['rules']> };
const settings = ({ rules = {}, ...more }: Change = {}): DryRunSettings => ({
  rules: { ...DEFAULT_RULES, ...rules },
  team: { message: [member(an), member(binh), member(chi)], comment: [member(an), member(binh)] },
  ...more,
});
const both = (...members: DryRunSettings['team']['message']) => ({
  message: members,
  comment: members,
});

function compare(history: DryRunHistory, present: DryRunSettings, proposed = present): Comparison {
  const replay = compareAssignments(history, { present, proposed }, dice);
  for (;;) {
    const step = replay.next();
    if (step.done === true) return step.value;
  }
}

const told = ({ agents, unassigned, joinedLine }: Side) => ({
  agents: Object.fromEntries([...agents].sort()),
  unassigned: Object.fromEntries([...unassigned].sort()),
  joinedLine,
});
const sessionsOf = (side: Side) =>
  Object.fromEntries([...side.agents].sort().map(([who, { sessions }]) => [who, sessions]));
const unassignedOf = (side: Side) => Object.fromEntries(side.unassigned);

const calm = { groups: {}, policy: clocks({}), dice };
const days = (of = settings(), more: Partial<typeof calm> = {}) =>
  new RecordedDays(of, { ...calm, ...more });

/** A customer writes, is answered ten minutes later and done after another ten. */
function visit(
  world: RecordedDays,
  customer: string,
  text?: string,
  kind: SessionKind = 'message',
) {
  world.pass(world.now + MINUTE);
  world.write(customer, kind, text);
  const place = world.places.get(`${kind}/${customer}`);
  if (place === undefined) throw new Error('Nothing was written');
  world.pass(world.now + 10 * MINUTE);
  world.answer(place);
  world.pass(world.now + 10 * MINUTE);
  finish(world, place);
}

function finish(world: RecordedDays, place: Place): void {
  world.command(place, an, { type: 'done', seenSeq: place.session.lastCustomerSeq });
}

const customers = (count: number) => Array.from({ length: count }, (_, nr) => `customer ${nr}`);

const night = group('night');
const day = group('day');
const keywordRules: KeywordRule[] = [
  { keywords: ['bao nhieu', 'gia'], target: { type: 'group', id: day } },
  { keywords: ['ao do'], target: { type: 'agent', id: chi } },
  { keywords: ['hang'], target: { type: 'group', id: night } },
];
const groups: Record<GroupId, AgentId[]> = { [night]: [dung, binh], [day]: [an, binh] };

/** Some settings by chance, and days in which everybody does anything under them. */
function anyDays(seed: number): RecordedDays {
  const { below, happens, oneOf } = chance(seed);
  const people = [an, binh, chi, dung];
  const capacity = happens(0.4) ? 1 + below(3) : null;
  const team = (kind: SessionKind) =>
    people.map((one) =>
      member(one, {
        capacity,
        receives: !(one === dung && kind === 'comment'),
      }),
    );
  const of = settings({
    rules: {
      sticky: happens(0.6),
      distribution: happens(0.85),
      ownerPriority: happens(0.5),
      mode: oneOf(['sequential', 'random']),
      applyTo: oneOf(['online', 'all']),
      keywordRules: happens(0.6) ? keywordRules : [],
      transferOwner: happens(0.5),
    },
    team: { message: team('message'), comment: team('comment') },
  });
  const policy = clocks(happens(0.5) ? { reassign: 7 } : {});
  const world = days(of, { groups, policy });
  const begins = below(150);
  for (let step = 0; step < 300; step += 1) {
    world.pass(world.now + 1 + below(6 * MINUTE));
    if (step === begins) world.begin();
    anything(world, { below, happens, oneOf }, { people, groups: [night, day] });
  }
  return world;
}

describe('a dry run under the settings that had counted (R64)', () => {
  test.for(Array.from({ length: 60 }, (_, seed) => seed))(
    'comes to what was recorded, whatever happened: days %i',
    (seed) => {
      const world = anyDays(seed);
      const { recorded, present, proposed, moved, sessions } = compare(
        world.history(),
        world.settings,
      );
      expect(sessions).toBeGreaterThan(0);
      expect(told(present)).toEqual(told(recorded));
      expect(told(proposed)).toEqual(told(recorded));
      expect(moved).toBe(0);
    },
  );

  test('has in these days what there is to have: lines, time-outs, transfers by hand, empty hands', () => {
    const all = Array.from({ length: 60 }, (_, seed) => anyDays(seed));
    const sides = all.map((world) => compare(world.history(), world.settings).recorded);
    expect(sides.some(({ joinedLine }) => joinedLine > 3)).toBe(true);
    const causes = new Set(sides.flatMap(({ unassigned }) => [...unassigned.keys()]));
    expect([...causes].sort()).toEqual(
      expect.arrayContaining(['distribution off', 'nobody qualifies', 'unassigned by hand']),
    );
    const events = all.flatMap(({ places }) =>
      [...places.values()].flatMap(({ told: one }) => one),
    );
    const assigned = events.filter(({ event }) => event.type === 'Assigned');
    const isHow = (how: string) =>
      assigned.some(({ event }) => 'how' in event && event.how === how);
    expect(['automatic', 'manual', 'timeout'].filter(isHow)).toHaveLength(3);
    expect(assigned.some(({ group: by }) => by !== null)).toBe(true);
  });
});

describe('a dry run of a change shows what it would have done (R64)', () => {
  test('sticky off: who came back would have gone to the next in turn (R4)', () => {
    const world = days();
    for (const customer of ['lan', 'hoa', 'lan', 'lan']) visit(world, customer);
    const result = compare(world.history(), world.settings, settings({ rules: { sticky: false } }));
    expect(sessionsOf(result.recorded)).toEqual({ an: 3, binh: 1 });
    expect(sessionsOf(result.proposed)).toEqual({ an: 2, binh: 1, chi: 1 });
    expect(result.moved).toBe(1);
    expect(result.examples).toMatchObject([
      {
        session: 'message/lan',
        recorded: an,
        present: { agent: an, trace: { steps: [{ rule: 'already responsible', result: an }] } },
        proposed: {
          agent: chi,
          trace: {
            steps: [
              { rule: 'already responsible', result: 'off' },
              { rule: 'automatic distribution' },
              { rule: "customer's owner", result: 'off' },
              { rule: 'sequential', result: chi },
            ],
          },
        },
      },
    ]);
  });

  test('what is assigned anew is what later visits go back to: the chain is the replay’s own', () => {
    const world = days(settings({ team: both(member(an)) }));
    for (const customer of ['lan', 'hoa', 'hoa', 'hoa']) visit(world, customer);
    const { proposed } = compare(
      world.history(),
      world.settings,
      settings({ team: both(member(an), member(binh)) }),
    );
    expect(sessionsOf(proposed)).toEqual({ an: 1, binh: 3 });
  });

  test('sticky by the customer’s other session, as it went in the replay (R4)', () => {
    const world = days(settings({ team: both(member(an)) }));
    visit(world, 'lan');
    visit(world, 'hoa');
    visit(world, 'hoa', 'và đây', 'comment');
    const { proposed } = compare(
      world.history(),
      world.settings,
      settings({ team: both(member(an), member(binh)) }),
    );
    expect(sessionsOf(proposed)).toEqual({ an: 1, binh: 2 });
  });

  test('one agent more: everybody has less', () => {
    const world = days();
    for (const customer of customers(12)) visit(world, customer);
    const { present, proposed, moved } = compare(
      world.history(),
      world.settings,
      settings({ team: both(member(an), member(binh), member(chi), member(dung)) }),
    );
    expect(sessionsOf(present)).toEqual({ an: 4, binh: 4, chi: 4 });
    expect(sessionsOf(proposed)).toEqual({ an: 3, binh: 3, chi: 3, dung: 3 });
    expect(moved).toBe(9);
  });

  test('a keyword rule: who wrote it goes to its group, accents or not (R9)', () => {
    const world = days();
    for (const [nr, customer] of customers(9).entries())
      visit(world, customer, nr % 3 === 0 ? 'Cho hỏi GIÁ ạ' : 'alo');
    const rules = [{ keywords: ['gia'], target: { type: 'group' as const, id: night } }];
    const proposed = settings({ rules: { keywordRules: rules } });
    const result = compare(
      { ...world.history(rules), groups: { [night]: [chi] } },
      world.settings,
      proposed,
    );
    expect(sessionsOf(result.present)).toEqual({ an: 3, binh: 3, chi: 3 });
    expect(sessionsOf(result.proposed)).toEqual({ an: 2, binh: 2, chi: 5 });
    expect(result.examples[0]?.proposed.trace?.steps.at(-1)).toMatchObject({
      rule: 'keyword',
      about: 'gia',
      target: night,
      result: chi,
    });
  });

  test('only online: by who was there then, whoever is there now', () => {
    const world = days();
    world.begin();
    world.come(an, true);
    visit(world, 'lan');
    visit(world, 'hoa');
    world.come(an, false);
    world.come(binh, true);
    visit(world, 'mai');
    const nowOnline = settings({
      team: both(member(an, { online: true }), member(binh), member(chi)),
    });
    const { present, proposed } = compare(world.history(), nowOnline, {
      ...nowOnline,
      rules: { ...nowOnline.rules, applyTo: 'online' },
    });
    expect(sessionsOf(present)).toEqual({ an: 1, binh: 1, chi: 1 });
    expect(sessionsOf(proposed)).toEqual({ an: 2, binh: 1 });
  });

  test('only online: at night nobody has them, until somebody comes (R48)', () => {
    const world = days();
    world.begin();
    for (const customer of ['lan', 'hoa']) {
      world.pass(world.now + MINUTE);
      world.write(customer, 'message');
    }
    const changed = settings({ rules: { applyTo: 'online' } });
    const before = compare(world.history(), world.settings, changed);
    expect(unassignedOf(before.present)).toEqual({});
    expect(unassignedOf(before.proposed)).toEqual({
      'nobody qualifies': 1,
      'behind others in line': 1,
    });
    expect(before.proposed.joinedLine).toBe(2);
    world.pass(world.now + HOUR);
    world.come(binh, true);
    const after = compare(world.history(), world.settings, changed);
    expect(sessionsOf(after.proposed)).toEqual({ binh: 2 });
    expect(after.proposed.joinedLine).toBe(2);
  });

  test('distribution off: nobody has them but by R4', () => {
    const world = days();
    for (const customer of ['lan', 'hoa', 'lan']) visit(world, customer);
    world.begin();
    for (const customer of ['lan', 'mai']) visit(world, customer);
    const { sessions, proposed } = compare(
      world.history(),
      world.settings,
      settings({ rules: { distribution: false } }),
    );
    expect(sessions).toBe(2);
    expect(sessionsOf(proposed)).toEqual({ an: 1 });
    expect(unassignedOf(proposed)).toEqual({ 'distribution off': 1 });
  });

  test('distribution on: what had come before it was held, and is given out (R5)', () => {
    const world = days(settings({ rules: { distribution: false } }));
    for (const customer of ['lan', 'hoa', 'mai']) {
      world.pass(world.now + MINUTE);
      world.write(customer, 'message');
    }
    const { present, proposed } = compare(world.history(), world.settings, settings());
    expect(unassignedOf(present)).toEqual({ 'distribution off': 3 });
    expect(sessionsOf(proposed)).toEqual({ an: 1, binh: 1, chi: 1 });
  });

  test('priority to the owner, who changes with each assignment where that is on (R6, R11)', () => {
    const rules = { sticky: false };
    const world = days(settings({ rules }));
    for (const customer of ['lan', 'hoa', 'lan', 'lan']) visit(world, customer);
    const owners = { rules: { ...rules, ownerPriority: true } };
    const without = compare(world.history(), world.settings, settings(owners));
    expect(without.moved).toBe(0);
    const { proposed } = compare(
      world.history(),
      world.settings,
      settings({ rules: { ...owners.rules, transferOwner: true } }),
    );
    expect(sessionsOf(proposed)).toEqual({ an: 3, binh: 1 });
  });

  test('with a capacity the line forms and moves as places become free (R48)', () => {
    const world = days();
    for (const customer of customers(6)) {
      world.pass(world.now + MINUTE);
      world.write(customer, 'message');
    }
    for (const place of world.open().slice(0, 2)) {
      world.pass(world.now + MINUTE);
      finish(world, place);
    }
    const limited = both(...[an, binh, chi].map((one) => member(one, { capacity: 1 })));
    const { proposed } = compare(world.history(), world.settings, settings({ team: limited }));
    expect(sessionsOf(proposed)).toEqual({ an: 2, binh: 2, chi: 1 });
    expect(unassignedOf(proposed)).toEqual({ 'behind others in line': 1 });
  });

  test.for(['offline', 'shift ended'] as const)(
    'who goes (%s) hands back what only the replay had given to them (R57, R58)',
    (cause) => {
      const world = days(settings({ team: both(member(an), member(binh)) }));
      for (const customer of ['lan', 'hoa']) {
        world.pass(world.now + MINUTE);
        world.write(customer, 'message');
      }
      world.leave(binh, cause);
      const { present, proposed } = compare(
        world.history(),
        world.settings,
        settings({ team: both(member(binh), member(an)) }),
      );
      expect(sessionsOf(present)).toEqual({ an: 2, binh: 0 });
      expect(sessionsOf(proposed)).toEqual({ an: 2, binh: 0 });
    },
  );

  test('sessions of other channels take places too', () => {
    const world = days();
    visit(world, 'lan');
    const history = world.history();
    history.happenings.add({ type: 'elsewhere', at: 1, agent: an, by: 1 });
    const limited = both(...[an, binh].map((one) => member(one, { capacity: 1 })));
    const { proposed } = compare(history, world.settings, settings({ team: limited }));
    expect(sessionsOf(proposed)).toEqual({ binh: 1 });
  });

  test('what was assigned by hand stays so, but what nobody had is not taken twice', () => {
    const off = settings({ rules: { distribution: false } });
    const world = days(off);
    for (const customer of ['lan', 'hoa']) {
      world.pass(world.now + MINUTE);
      world.write(customer, 'message');
    }
    const [lan, hoa] = world.open();
    if (lan === undefined || hoa === undefined) throw new Error('Two had written');
    world.command(lan, chi, { type: 'take', from: null });
    world.command(hoa, an, { type: 'assign', from: null, agent: chi });
    world.command(hoa, an, { type: 'assign', from: chi, agent: an });
    const { present, proposed } = compare(world.history(), off, settings());
    expect(sessionsOf(present)).toEqual({ an: 1, chi: 1 });
    expect(sessionsOf(proposed)).toEqual({ an: 2, binh: 0 });
  });

  test('shows a few of each way from one to another', () => {
    const world = days(settings({ team: both(member(an)) }));
    for (const customer of customers(40)) visit(world, customer);
    const { moved, examples } = compare(
      world.history(),
      world.settings,
      settings({ team: both(member(binh)) }),
    );
    expect(moved).toBe(40);
    expect(examples).toHaveLength(3);
  });

  test('chance makes no difference by itself: the same question is answered by the same dice', () => {
    const world = days();
    for (const customer of customers(30)) visit(world, customer);
    const random = settings({ rules: { mode: 'random' } });
    expect(compare(world.history(), random).moved).toBe(0);
    const { proposed } = compare(world.history(), world.settings, random);
    expect(Object.keys(sessionsOf(proposed))).toEqual(['an', 'binh', 'chi']);
  });
});

describe('the team of settings that are not saved (R3)', () => {
  const receiving = (one: AgentId, messages = true, comments = true) => ({
    agent: one,
    messages,
    comments,
  });
  const colleague = (one: AgentId, more = {}) => ({
    agent: one,
    disabled: false,
    capacity: null,
    isOwner: false,
    ...more,
  });

  test('is the listed users, then the groups’ members; the first occurrence counts', () => {
    const team = teamOf(
      {
        groups: [day, night],
        users: [receiving(chi), receiving(an, false)],
        switches: [receiving(binh, true, false), receiving(an)],
      },
      groups,
      [an, binh, chi, dung].map((one) => colleague(one)),
    );
    const seen = (kind: SessionKind) =>
      team[kind].map(({ agent: one, receives }) => [one, receives]);
    expect(seen('message')).toEqual([
      [chi, true],
      [an, false],
      [binh, true],
      [dung, true],
    ]);
    expect(seen('comment')).toEqual([
      [chi, true],
      [an, true],
      [binh, false],
      [dung, true],
    ]);
  });

  test('has the workspace owner besides, who is given nothing unless listed (R23)', () => {
    const owner = colleague(chi, { isOwner: true });
    const support = { groups: [], users: [receiving(an)], switches: [] };
    const people = [colleague(an, { disabled: true, capacity: 4 }), owner];
    expect(teamOf(support, {}, people).message).toMatchObject([
      { agent: an, listed: true, disabled: true, capacity: 4 },
      { agent: chi, listed: false, receives: false },
    ]);
    const listed = teamOf({ ...support, users: [receiving(chi)] }, {}, people).message;
    expect(listed).toMatchObject([{ agent: chi, listed: true, receives: true }]);
  });
});

describe('who had been picked last when a period began (R7)', () => {
  const pick = (
    rule: TraceStep['rule'],
    before: AgentId | null,
    named: Pick<TraceStep, 'about' | 'target'> = {},
  ): Trace => ({
    steps: [
      { rule: 'automatic distribution', result: 'on', candidates: [] },
      {
        rule,
        result: an,
        candidates: [{ agent: an, taken: true, why: 'next in turn' }],
        ...named,
      },
    ],
    cursor: { before, after: an },
  });

  test('is what the first decision of each rotation found', () => {
    const traces = [
      pick('sequential', null),
      pick('keyword', chi, { about: 'ao do', target: chi }),
      pick('by hand', dung, { about: night }),
      pick('sequential', binh),
      pick('keyword', dung, { about: 'hang', target: night }),
    ];
    expect(cursorsBefore(traces, keywordRules)).toEqual({
      '': null,
      'agent:chi': chi,
      'group:night': dung,
    });
  });

  test('is not told by a rule that there is not any more', () => {
    expect(
      cursorsBefore([pick('keyword', chi, { about: 'gone', target: group('gone') })], keywordRules),
    ).toEqual({});
  });

  test('is told by who was not picked in turn, of the whole pool', () => {
    const owner: Trace = {
      steps: [
        {
          rule: "customer's owner",
          result: an,
          candidates: [{ agent: an, taken: true, why: 'owns the customer' }],
        },
      ],
      cursor: { before: chi, after: chi },
    };
    expect(cursorsBefore([owner], [])).toEqual({ '': chi });
  });
});

test('the keywords that stand in a text say the same to every rule as the text itself (R9)', () => {
  const find = keywordFinder(keywordRules);
  for (const text of [...WORDS, 'Giá áo đỏ bao nhiêu, còn hàng?', 'giang hàng', ''])
    for (const rule of keywordRules)
      expect(keywordIn(find(text), rule)).toBe(keywordIn([text], rule));
});
