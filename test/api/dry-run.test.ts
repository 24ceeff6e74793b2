import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { AssignmentDryRun, ClocksDryRun } from '#contracts/dry-run.ts';
import { readLineFacts } from '#db/assignment-facts.ts';
import { readSupport } from '#db/channel-settings-support.ts';
import { readColleagues, readGroups } from '#db/dry-run-people.ts';
import { inSlices, oneAtATime } from '#db/dry-run-slices.ts';
import { newId } from '#db/ids.ts';
import { teamOf } from '#domain/dry-run/team.ts';
import { diceOf } from '#domain/dry-run/compare.ts';
import { factsOf } from '#domain/facts.ts';
import type { AgentId, ChannelId, GroupId, SessionKind } from '#domain/ids.ts';
import { DAY, MINUTE } from '#domain/instant.ts';
import type { KeywordRule } from '#domain/keyword-rule.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { DEFAULT_RULES, member } from '#test/support/assignment-builders.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { anything, chance, LEFT, RecordedDays } from '#test/support/recorded-days.ts';
import { an, binh, chi, clocks } from '#test/support/session-builders.ts';
import { storeDays } from '#test/support/stored-days.ts';
import { aChannel, anAgent, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let owner: AgentId;
let admin: AgentId;
let channel: ChannelId;
let asOwner: Caller;
let asAdmin: Caller;
let asOtherAdmin: Caller;
let asStaff: Caller;
const people = [an, binh, chi];
const day = newId<GroupId>();
const night = newId<GroupId>();

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  api = await testApi(database);
  await aWorkspace(db);
  owner = await anAgent(db, { name: 'Chủ', role: 'owner' });
  admin = await anAgent(db, { name: 'Quản', role: 'admin' });
  for (const id of [...people, LEFT])
    await db
      .insertInto('agent')
      .values({ id, name: id, email: `${id}@test`, role: 'staff', password_hash: 'none' })
      .execute();
  for (const [id, members] of [
    [day, [an, binh]],
    [night, [chi, binh]],
  ] as const) {
    await db.insertInto('team_group').values({ id, name: id }).execute();
    for (const [position, agent] of members.entries())
      await db
        .insertInto('team_group_member')
        .values({ group_id: id, agent_id: agent, position })
        .execute();
  }
  const other = await anAgent(db, { name: 'Khác', role: 'admin' });
  await aChannel(db, { team: [other] });
  [asOwner, asAdmin, asOtherAdmin, asStaff] = await Promise.all([
    api.as(owner),
    api.as(admin),
    api.as(other),
    api.as(an),
  ]);
});
afterAll(async () => {
  await api.close();
  await database.close();
});

const KEYWORDS: KeywordRule[] = [
  { keywords: ['gia', 'bao nhieu'], target: { type: 'group', id: night } },
  { keywords: ['ao do'], target: { type: 'agent', id: chi } },
];

type Columns = Parameters<typeof aChannel>[1];
const worked = (columns: Columns = {}) =>
  aChannel(database.db, { name: 'Trang', team: [...people, admin], ...columns });
const listGroups = async (id: ChannelId) => {
  await database.db
    .insertInto('channel_group')
    .values([
      { channel_id: id, group_id: day, position: 0 },
      { channel_id: id, group_id: night, position: 1 },
    ])
    .execute();
};

const load = async (section: string, caller = asOwner) =>
  (await caller({ url: `/api/settings/channels/${channel}/${section}` })).json();
const run = (payload: object, caller = asOwner, id = channel) =>
  caller({
    method: 'POST',
    url: `/api/settings/channels/${id}/assignment/dry-run`,
    payload,
  });
const compare = async (change: object = {}, caller = asOwner): Promise<AssignmentDryRun> => {
  const answer = await run({ ...(await load('assignment')), ...change }, caller);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
};
const sharesOf = ({ agents }: AssignmentDryRun, side: 'recorded' | 'present' | 'proposed') =>
  Object.fromEntries(
    agents.map(({ agent, [side]: share }) => [agent.name, share.sessions]).filter(([, one]) => one),
  );
const sideOf = (result: AssignmentDryRun, side: 'recorded' | 'present' | 'proposed') => ({
  agents: result.agents.map(({ agent, [side]: share }) => [agent.id, share]),
  joinedLine: result[side].joinedLine,
  unassigned: result[side].unassigned.toSorted((one, other) => (one.why < other.why ? -1 : 1)),
});

/** What the channel's own settings made of some days that ended now. */
async function anyDays(seed: number, policy = clocks({})): Promise<RecordedDays> {
  const { db } = database;
  const [groups, colleagues] = [await readGroups(db), await readColleagues(db)];
  const rules = await db.transaction().execute(async (trx) => {
    const facts = await readLineFacts(trx, { channelId: channel, kind: 'message' });
    return facts.rules;
  });
  const team = teamOf(await readSupport(db, channel), groups, colleagues);
  const world = new RecordedDays({ rules, team }, { groups, policy, dice: diceOf(64) });
  world.now = Date.now() - 3 * DAY;
  const by = chance(seed);
  for (let step = 0; step < 240; step += 1) {
    world.pass(world.now + 1 + by.below(30 * MINUTE));
    anything(world, by, { people, groups: [day, night] });
  }
  world.pass(Date.now() - MINUTE);
  await storeDays(db, world, channel);
  return world;
}

describe('the dry run of a change of assignment (R64)', () => {
  test.for<[string, Columns]>([
    ['a new channel', {}],
    ['only online', { apply_to: 'online' }],
    ['keyword rules', { keyword_rules: JSON.stringify(KEYWORDS), sticky: false }],
    [
      'priority to owners, who change',
      { owner_priority: true, transfer_owner: true, sticky: false },
    ],
    ['distribution off', { distribution: false }],
  ])('under the settings that had counted comes to what was recorded: %s', async ([, columns]) => {
    channel = await worked(columns);
    await listGroups(channel);
    await database.db.deleteFrom('presence_event').execute();
    await anyDays(Object.keys(columns ?? {}).length + 1);
    const whole = await compare();
    expect(whole.sessions).toBeGreaterThan(50);
    expect(sideOf(whole, 'present')).toEqual(sideOf(whole, 'recorded'));
    expect([whole.moved, whole.examples]).toEqual([0, []]);
    const lastDay = await compare({ days: 1 });
    expect(lastDay.sessions).toBeLessThan(whole.sessions);
    expect(lastDay.sessions).toBeGreaterThan(5);
    expect(sideOf(lastDay, 'present')).toEqual(sideOf(lastDay, 'recorded'));
    expect(new Date(lastDay.to).getTime() - new Date(lastDay.from).getTime()).toBe(DAY);
  });

  it('with a capacity, too, which counts what people have on other channels (R48)', async () => {
    await database.db.updateTable('workspace').set({ capacity: 4 }).execute();
    try {
      channel = await worked();
      await listGroups(channel);
      // Nobody has anything elsewhere: the days before were of channels that are gone.
      await sql`truncate session cascade`.execute(database.db);
      await database.db.deleteFrom('presence_event').execute();
      await anyDays(12);
      const before = await compare();
      expect(before.recorded.joinedLine).toBeGreaterThan(0);
      expect(sideOf(before, 'present')).toEqual(sideOf(before, 'recorded'));
      const busy = channel;
      channel = await worked();
      await anyDays(13);
      channel = busy;
      const after = await compare();
      expect(after.present.joinedLine).toBeGreaterThan(before.present.joinedLine);
    } finally {
      await database.db.updateTable('workspace').set({ capacity: null }).execute();
    }
  });

  describe('of a channel where four customers wrote, two of them again', () => {
    let world: RecordedDays;

    beforeEach(async () => {
      channel = await worked();
      const team = { message: [], comment: [] };
      world = new RecordedDays(
        { rules: { ...DEFAULT_RULES, keywordRules: [] }, team },
        { groups: {}, policy: clocks({}), dice: diceOf(1) },
      );
      world.settings.team = await presentTeam();
      world.now = Date.now() - DAY;
      for (const [customer, text] of [
        ['lan', 'alo'],
        ['hoa', 'Giá sao shop?'],
        ['mai', 'alo'],
        ['vy', 'Áo đỏ còn không'],
        ['lan', 'lại là mình'],
        ['hoa', 'cảm ơn'],
      ] as const) {
        world.pass(world.now + 10 * MINUTE);
        world.write(customer, 'message', text);
        const [place] = world.open();
        if (place === undefined) throw new Error('Nothing is open');
        world.pass(world.now + 10 * MINUTE);
        world.answer(place);
        world.pass(world.now + 10 * MINUTE);
        world.finish(place);
      }
      await storeDays(database.db, world, channel);
    });

    const presentTeam = async () => {
      const { db } = database;
      return teamOf(await readSupport(db, channel), await readGroups(db), await readColleagues(db));
    };

    it('shows by name who would have had more or fewer, were sticky off (R4)', async () => {
      const result = await compare({ sticky: false });
      expect(result.sessions).toBe(6);
      expect(sharesOf(result, 'recorded')).toEqual({ an: 2, binh: 2, chi: 1, Quản: 1 });
      expect(sharesOf(result, 'present')).toEqual(sharesOf(result, 'recorded'));
      expect(sharesOf(result, 'proposed')).toEqual({ an: 2, binh: 2, chi: 1, Quản: 1 });
      expect(result.moved).toBe(0);
    });

    it('shows what one more in the team would have changed, with both traces (R10)', async () => {
      const team = await load('support');
      const both = { agent: owner, messages: true, comments: true };
      const result = await compare({ team: { ...team, users: [both, ...team.users] } });
      expect(sharesOf(result, 'proposed')).toEqual({ Chủ: 2, an: 2, binh: 1, chi: 1 });
      expect(result.moved).toBe(6);
      expect(result.examples[0]).toMatchObject({
        customer: 'lan',
        recorded: { id: an, name: 'an' },
        present: { agent: { name: 'an' } },
        proposed: {
          agent: { name: 'Chủ' },
          why: [
            { rule: 'already responsible', result: 'nobody' },
            { rule: 'automatic distribution', result: 'on' },
            { rule: "customer's owner", result: 'off' },
            {
              rule: 'sequential',
              result: 'Chủ',
              candidates: [{ agent: { name: 'Chủ' }, taken: true }, {}, {}, {}, {}],
            },
          ],
        },
      });
    });

    it('reads customers’ words for proposed keyword rules (R9)', async () => {
      await listGroups(channel);
      const { examples, ...result } = await compare({ keywordRules: KEYWORDS });
      expect(sharesOf({ ...result, examples }, 'proposed')).toMatchObject({ chi: 3 });
      expect(
        examples.find(({ customer }) => customer === 'hoa')?.proposed.why.at(-1),
      ).toMatchObject({
        rule: 'keyword',
        about: 'gia',
        result: 'chi',
      });
    });

    it('goes by who was there then (R8)', async () => {
      await database.db.deleteFrom('presence_event').execute();
      const flip = (agent: AgentId, ago: number, online: boolean) =>
        ({ agent_id: agent, at: new Date(Date.now() - ago), online, away: false }) as const;
      await database.db
        .insertInto('presence_event')
        .values([flip(chi, 2 * DAY, true), flip(chi, MINUTE, false), flip(an, MINUTE, true)])
        .execute();
      const result = await compare({ applyTo: 'online' });
      expect(sharesOf(result, 'proposed')).toEqual({ chi: 6 });
    });

    it('says why nobody would have had them', async () => {
      const { proposed } = await compare({ distribution: false, sticky: false });
      expect(proposed).toEqual({
        unassigned: [{ why: 'distribution off', sessions: 6 }],
        joinedLine: 0,
      });
    });

    it('takes what Save takes: a saved rule whose target has gone since (R9, R17)', async () => {
      await database.db
        .updateTable('channel')
        .set({ keyword_rules: JSON.stringify(KEYWORDS) })
        .where('id', '=', channel)
        .execute();
      const body = await load('assignment');
      const save = await asOwner({
        method: 'PUT',
        url: `/api/settings/channels/${channel}/assignment`,
        payload: body,
      });
      expect(save.statusCode).toBe(200);
      expect((await compare()).moved).toBe(0);
      const team = { ...(await load('support')), groups: [], users: [], switches: [] };
      expect(unassigned(await compare({ team }))).toBe(6);
    });

    const unassigned = ({ proposed }: AssignmentDryRun) =>
      proposed.unassigned.reduce((sum, { sessions }) => sum + sessions, 0);

    it('writes nothing', async () => {
      const state = async () => [
        await load('assignment'),
        await load('support'),
        (
          await sql`select (select count(*) from audit_log) as audit, (select count(*) from assignment) as assignments,
          (select count(*) from line_stir) as stirs`.execute(database.db)
        ).rows,
      ];
      const before = await state();
      await compare({ sticky: false, keywordRules: [], distribution: false });
      expect(await state()).toEqual(before);
    });

    it('is for the owner and for admins of the team alone (R23)', async () => {
      const body = await load('assignment');
      expect((await run(body, asStaff)).statusCode).toBe(403);
      expect((await run(body, asOtherAdmin)).statusCode).toBe(404);
      expect((await run(body, asAdmin)).statusCode).toBe(200);
      expect((await run(body, asOwner)).statusCode).toBe(200);
      expect((await run(body, api.app.inject.bind(api.app) as Caller)).statusCode).toBe(401);
      expect((await run(body, asOwner, newId<ChannelId>())).statusCode).toBe(404);
    });

    test.for<[string, object, string]>([
      ['no days', { days: 0 }, 'days'],
      ['too many days', { days: 32 }, 'days'],
      ['half a day', { days: 1.5 }, 'days'],
      ['no such mode', { mode: 'fair' }, 'mode'],
      ['interact without view', { interact: true, view: false }, 'view'],
      [
        'a rule for a group that is not listed',
        { keywordRules: KEYWORDS },
        'keywordRules.0.target.id',
      ],
      [
        'a rule for who is not of the proposed team',
        {
          keywordRules: KEYWORDS.slice(1),
          team: { version: 1, groups: [], users: [], switches: [] },
        },
        'keywordRules.0.target.id',
      ],
      [
        'a group that is not there',
        { team: { version: 1, groups: [newId()], users: [], switches: [] } },
        'team.groups.0',
      ],
      [
        'a user who is not there',
        {
          team: {
            version: 1,
            groups: [],
            users: [{ agent: newId(), messages: true, comments: true }],
            switches: [],
          },
        },
        'team.users.0.agent',
      ],
    ])('names the field: %s', async ([, change, field]) => {
      const answer = await run({ ...(await load('assignment')), ...change });
      expect([answer.statusCode, answer.json().error.field]).toEqual([400, field]);
    });
  });

  it('takes the team as the product takes it (R3)', async () => {
    const { db } = database;
    channel = await worked({ team: [chi] });
    await listGroups(channel);
    await db
      .insertInto('channel_agent')
      .values({ channel_id: channel, agent_id: binh, position: null, receives_comments: false })
      .execute();
    await db
      .updateTable('agent')
      .set({ disabled_at: new Date(), capacity: 3 })
      .where('id', '=', an)
      .execute();
    try {
      const team = teamOf(
        await readSupport(db, channel),
        await readGroups(db),
        await readColleagues(db),
      );
      for (const kind of ['message', 'comment'] satisfies SessionKind[]) {
        const facts = await db
          .transaction()
          .execute((trx) => readLineFacts(trx, { channelId: channel, kind }));
        const told = facts.team.map((one) => ({ ...one, online: false, load: 0 }));
        expect(team[kind]).toEqual(told);
      }
    } finally {
      await db
        .updateTable('agent')
        .set({ disabled_at: null, capacity: null })
        .where('id', '=', an)
        .execute();
    }
  });

  it('lets others have their answers meanwhile', async () => {
    channel = await worked();
    await listGroups(channel);
    await anyDays(5);
    const body = await load('assignment');
    let isOver = false;
    const dryRun = run(body).finally(() => (isOver = true));
    let answered = 0;
    while (!isOver) {
      const { statusCode } = await asAdmin({ url: '/api/me' });
      expect(statusCode).toBe(200);
      if (!isOver) answered += 1;
    }
    expect((await dryRun).statusCode).toBe(200);
    expect(answered).toBeGreaterThan(0);
  });
});

describe('what takes long', () => {
  it('is done in slices, between which others are served', async () => {
    const served: string[] = [];
    function* long(): Generator<void, string> {
      for (const slice of ['one', 'two', 'three']) {
        served.push(slice);
        yield;
      }
      return 'done';
    }
    const result = inSlices(long());
    setImmediate(() => served.push('somebody else'));
    expect(await result).toBe('done');
    expect(served.indexOf('somebody else')).toBeLessThan(served.indexOf('three'));
  });

  it('is done one after the other, whatever becomes of the one before', async () => {
    const inTurn = oneAtATime();
    const done: string[] = [];
    const first = inTurn(async () => {
      await sleep(5);
      done.push('first');
      throw new Error('broken');
    });
    const second = inTurn(async () => done.push('second'));
    await expect(first).rejects.toThrow('broken');
    await second;
    expect(done).toEqual(['first', 'second']);
  });
});

describe('the dry run of a change of clocks (R64)', () => {
  const address = '/api/settings/clocks';
  const clocksNow = async () => (await asOwner({ url: address })).json();
  const runClocks = (payload: object, caller = asOwner) =>
    caller({ method: 'POST', url: `${address}/dry-run`, payload });
  const deadline = (minutes: number, more = {}) => ({
    deadline: { on: true, afterSeconds: minutes * 60, warnBeforeSeconds: 30, ...more },
  });
  const compareClocks = async (change: object, caller = asOwner): Promise<ClocksDryRun> => {
    const answer = await runClocks({ ...(await clocksNow()), ...change }, caller);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json();
  };
  let world: RecordedDays;

  beforeAll(async () => {
    await sql`truncate session cascade`.execute(database.db);
    channel = await worked();
    await listGroups(channel);
    world = await anyDays(3, clocks({ deadline: 25, warn: 1, reassign: 20 }));
  });

  it('holds the answer times against both settings: as they are, all clocks are off', async () => {
    const { total, agents } = await compareClocks({
      ...deadline(25),
      reassign: { on: true, afterSeconds: 20 * 60 },
    });
    const events = [...world.places.values()].map(({ told }) => told.map(({ event }) => event));
    const { policy } = [...world.places.values()][0]?.session ?? NEW_SESSION;
    const waits = events.flatMap((one) => factsOf({ ...NEW_SESSION, policy }, one).waits);
    const of = (outcome: string | null) => waits.filter((wait) => wait.outcome === outcome).length;
    const timeOuts = events.flat().filter((one) => 'how' in one && one.how === 'timeout').length;
    expect(total.proposed).toMatchObject({
      met: of('met'),
      missed: of('missed'),
      none: of('none'),
      running: of(null),
      timeOuts,
    });
    expect(of('missed')).toBeGreaterThan(0);
    expect(timeOuts).toBeGreaterThan(0);
    expect(total.present).toMatchObject({ met: 0, missed: 0, timeOuts: 0, closes: 0 });
    expect(agents.map(({ agent }) => agent?.name ?? null)).toEqual(
      expect.arrayContaining(['an', 'binh', 'chi', null]),
    );
  });

  it('tells that a longer deadline would have been missed less often', async () => {
    const missed = async (minutes: number) =>
      (await compareClocks(deadline(minutes))).total.proposed.missed;
    const [short, long] = [await missed(5), await missed(300)];
    expect(short).toBeGreaterThan(long);
  });

  it('knows business hours that are proposed with them (R46)', async () => {
    const closed = { days: [[[0, 1]], [], [], [], [], [], []], holidays: [] };
    const { total } = await compareClocks({
      ...deadline(25, { businessHours: true }),
      hours: closed,
    });
    expect(total.proposed).toMatchObject({ missed: 0 });
    const without = await runClocks({
      ...(await clocksNow()),
      ...deadline(25, { businessHours: true }),
    });
    expect([without.statusCode, without.json().error.field]).toEqual([
      400,
      'deadline.businessHours',
    ]);
  });

  it('counts automatic closes, and those that would have come before the customer’s next message', async () => {
    const { total } = await compareClocks({ autoClose: { on: true, afterSeconds: 60, text: '' } });
    expect(total.proposed.closes).toBeGreaterThan(0);
    expect(total.proposed.cutOff).toBeGreaterThan(0);
    expect(total.proposed.cutOff).toBeLessThanOrEqual(total.proposed.closes);
  });

  it('counts the days that are asked for', async () => {
    const all = ({ met, missed, none, running }: ClocksDryRun['total']['present']) =>
      met + missed + none + running;
    const [three, one] = [await compareClocks({}), await compareClocks({ days: 1 })];
    expect(all(one.total.present)).toBeGreaterThan(0);
    expect(all(one.total.present)).toBeLessThan(all(three.total.present));
  });

  it('counts in the period alone, with business hours too: what was due before it is over (R46)', async () => {
    const { db } = database;
    const alone = await anAgent(db, { role: 'admin' });
    const quiet = await aChannel(db, { team: [alone] });
    const old = new RecordedDays(
      { rules: DEFAULT_RULES, team: { message: [member(an)], comment: [member(an)] } },
      { groups: {}, policy: clocks({}), dice: diceOf(1) },
    );
    old.now = Date.now() - 10 * DAY;
    old.write('lan', 'message');
    await storeDays(db, old, quiet);
    const always = { days: Array.from({ length: 7 }, () => [[0, 24 * 60]]), holidays: [] };
    const reassign = { on: true, afterSeconds: 48 * 60 * 60, businessHours: true };
    const within = async (days: number) =>
      (await compareClocks({ days, reassign, hours: always }, await api.as(alone))).total.proposed;
    expect(await within(12)).toMatchObject({ timeOuts: 1 });
    expect(await within(1)).toMatchObject({ timeOuts: 0 });
  });

  it('is for admins, each for the channels of whose team they are (R23)', async () => {
    const body = await clocksNow();
    expect((await runClocks(body, asStaff)).statusCode).toBe(403);
    const seen = await compareClocks(deadline(25), asAdmin);
    expect(seen.agents.length).toBeGreaterThan(0);
    // Of the team of another channel, where nothing has happened.
    const { agents, total } = await compareClocks(deadline(25), asOtherAdmin);
    expect(agents).toEqual([]);
    for (const counts of [total.present, total.proposed])
      expect([...new Set(Object.values(counts))]).toEqual([0]);
  });

  it('writes nothing', async () => {
    const before = await clocksNow();
    await compareClocks(deadline(1));
    expect(await clocksNow()).toEqual(before);
  });
});
