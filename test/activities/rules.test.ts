/** What the rules of R3–R9 are told by the database, as a commit reads it: the rules themselves are tested in domain/. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Updateable } from 'kysely';
import { newId } from '#db/ids.ts';
import type { Database } from '#db/schema.ts';
import type { AgentId, GroupId, SessionId } from '#domain/ids.ts';
import { comments, pageWrites, writes } from '#test/api/intake-support.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { TestInbox } from './inbox.ts';

let database: TestDatabase;
beforeAll(async () => (database = await testDatabase()));
afterAll(() => database.close());

type Settings = Updateable<Database['channel']>;

/** A channel with three of the team, of whom each gets the next. */
async function inbox(settings: Settings = {}) {
  const at = await TestInbox.open(database.db, { team: 3 });
  const [an, binh, chi] = at.team;
  if (an === undefined || binh === undefined || chi === undefined) throw new Error('Nobody there');
  await at.db
    .updateTable('channel')
    .set({ sticky: false, ...settings })
    .where('id', '=', at.channel)
    .execute();
  return { at, an, binh, chi };
}

/** A group of the team, at its end. */
async function aGroup(at: TestInbox, members: readonly AgentId[], position = 0): Promise<GroupId> {
  const id = newId<GroupId>();
  await at.db.insertInto('team_group').values({ id, name: id }).execute();
  for (const [place, agent] of members.entries())
    await at.db
      .insertInto('team_group_member')
      .values({ group_id: id, agent_id: agent, position: place })
      .execute();
  await at.db
    .insertInto('channel_group')
    .values({ channel_id: at.channel, group_id: id, position })
    .execute();
  return id;
}

type Target = { type: 'group'; id: GroupId } | { type: 'agent'; id: AgentId };

function setRules(at: TestInbox, ...rules: [keyword: string, target: Target][]) {
  const keywordRules = rules.map(([keyword, target]) => ({ keywords: [keyword], target }));
  return at.db
    .updateTable('channel')
    .set({ keyword_rules: JSON.stringify(keywordRules) })
    .where('id', '=', at.channel)
    .execute();
}

/** Somebody nobody knew writes, or one who is known. @returns the session, which has taken its turns */
async function says(at: TestInbox, customer: string, text: string, mid = newId<string>()) {
  await at.page.takesIn(writes(mid, { customer, text }));
  return served(at, customer);
}

async function served(at: TestInbox, customer: string): Promise<SessionId> {
  const { id } = await at.page.session(customer);
  await at.serve(id);
  return id;
}

const holder = async (at: TestInbox, session: SessionId) => (await at.row(session)).assignee_id;

/** Who has it leaves it to the others: the rules are asked in the middle of a wait. */
async function letGo(at: TestInbox, session: SessionId): Promise<void> {
  const agent = await holder(at, session);
  if (agent === null) throw new Error('Nobody has it');
  await at.appends(session, { kind: 'agent_left', agent, cause: 'shift ended' });
  await at.serve(session);
}

describe('R9: the customer’s words', () => {
  test('R9 × R7: go to the group by a rotation of its own, which is kept', async () => {
    const { at, an, binh, chi } = await inbox();
    const group = await aGroup(at, [chi, binh]);
    await setRules(at, ['bảo hành', { type: 'group', id: group }]);
    const holders: (AgentId | null)[] = [];
    for (const [customer, text] of [
      ['lan', 'Cho hỏi BAO HANH ạ'],
      ['hoa', 'alo'],
      ['mai', 'bảo hành'],
      ['nga', 'bảo hành'],
    ] as const)
      holders.push(await holder(at, await says(at, customer, text)));
    expect(holders).toEqual([chi, an, binh, chi]);
    const rotations = await at.db
      .selectFrom('rotation')
      .select(['target', 'cursor'])
      .where('channel_id', '=', at.channel)
      .orderBy('target')
      .execute();
    expect(rotations).toEqual([
      { target: '', cursor: an },
      { target: `group:${group}`, cursor: chi },
    ]);
  });

  test('of an earlier wait do not count', async () => {
    const { at, an, chi } = await inbox();
    await setRules(at, ['giá', { type: 'agent', id: chi }]);
    const session = await says(at, 'lan', 'giá bao nhiêu');
    expect(await holder(at, session)).toBe(chi);
    await at.page.takesIn(pageWrites(newId(), { customer: 'lan', occurredAt: Date.now() }));
    await says(at, 'lan', 'cảm ơn shop');
    await letGo(at, session);
    expect(await holder(at, session)).toBe(an);
  });

  test('of this wait count, also those before the newest', async () => {
    const { at, binh } = await inbox();
    const session = await says(at, 'lan', 'giá bao nhiêu');
    await says(at, 'lan', 'alo shop');
    await setRules(at, ['giá', { type: 'agent', id: binh }]);
    await letGo(at, session);
    expect(await holder(at, session)).toBe(binh);
  });

  test('that were taken back do not count', async () => {
    const { at, an, chi } = await inbox();
    const session = await says(at, 'lan', 'giá bao nhiêu', 'm-price');
    await says(at, 'lan', 'alo shop');
    await at.page.takesIn({ type: 'removed', customer: 'lan', mid: 'm-price' });
    await at.serve(session);
    await setRules(at, ['giá', { type: 'agent', id: chi }]);
    expect(await holder(at, session)).toBe(an);
    await letGo(at, session);
    // By the mode, the next after An.
    const [, last] = await at.assignments(session);
    expect(last?.trace.steps.map(({ rule, result }) => `${rule}: ${result}`)).toContain(
      'keyword: no keyword found',
    );
  });

  test('R9 × R56: for a group whose members are no longer of the team the next rule is asked, and the trace says why', async () => {
    const { at, binh } = await inbox();
    const stranger = await at.hires({ inTeam: false });
    const group = await aGroup(at, [stranger]);
    await setRules(at, ['giá', { type: 'group', id: group }], ['giá', { type: 'agent', id: binh }]);
    await at.db.deleteFrom('channel_group').where('group_id', '=', group).execute();
    const session = await says(at, 'lan', 'giá?');
    expect(await holder(at, session)).toBe(binh);
    const [assignment] = await at.assignments(session);
    const keyword = assignment?.trace.steps.filter(({ rule }) => rule === 'keyword');
    expect(keyword).toMatchObject([
      { target: group, candidates: [{ agent: stranger, why: 'not in the team' }] },
      { target: binh, candidates: [{ agent: binh, taken: true }] },
    ]);
  });
});

describe('R3: the pool', () => {
  test('is the listed users in their order, then the members of the groups, each once', async () => {
    const { at, an, binh, chi } = await inbox();
    const dung = await at.hires({ inTeam: false });
    await aGroup(at, [dung, binh]);
    const session = await says(at, 'lan', 'alo');
    const [assignment] = await at.assignments(session);
    expect(assignment?.trace.steps.at(-1)?.candidates.map(({ agent }) => agent)).toEqual([
      an,
      binh,
      chi,
      dung,
    ]);
  });

  test('R3 × R7: who receives no comments is passed over for them alone; messages and comments take turns apart', async () => {
    const { at, an, binh } = await inbox();
    await at.db
      .updateTable('channel_agent')
      .set({ receives_comments: false })
      .where('agent_id', '=', an)
      .execute();
    const message = await says(at, 'lan', 'alo');
    await at.page.takesIn(comments(newId(), { customer: 'hoa' }));
    expect(await holder(at, message)).toBe(an);
    expect(await holder(at, await served(at, 'hoa'))).toBe(binh);
  });

  test('R7: by chance nobody but the qualified is drawn, and no rotation moves', async () => {
    const { at, an, binh, chi } = await inbox({ mode: 'random' });
    await at.db
      .updateTable('agent')
      .set({ disabled_at: new Date() })
      .where('id', '=', chi)
      .execute();
    const holders = new Set<AgentId | null>();
    for (let n = 0; n < 30; n += 1) holders.add(await holder(at, await says(at, `c${n}`, 'alo')));
    // Of thirty draws all alike by chance: once in 500 million.
    expect(holders).toEqual(new Set([an, binh]));
    const rotation = at.db.selectFrom('rotation').select('cursor');
    const [row] = await rotation.where('channel_id', '=', at.channel).execute();
    expect(row?.cursor).toBeNull();
  });
});

describe('R4: a brand-new session of a known customer', () => {
  test('goes to who had their latest other session, of either kind', async () => {
    const { at, an, binh } = await inbox({ sticky: true });
    const message = await says(at, 'lan', 'alo');
    await at.asks(message, an, { type: 'assign', from: an, agent: binh });
    await at.serve(message);
    await at.page.takesIn(comments(newId(), { customer: 'lan' }));
    const comment = await at.db
      .selectFrom('session')
      .select('id')
      .where('channel_id', '=', at.channel)
      .where('kind', '=', 'comment')
      .executeTakeFirstOrThrow();
    await at.serve(comment.id);
    expect(await holder(at, comment.id)).toBe(binh);
    const [assignment] = await at.assignments(comment.id);
    expect(assignment?.trace.steps).toMatchObject([{ rule: 'already responsible', result: binh }]);
  });

  test('also where two of the channel’s customers were joined by hand as one', async () => {
    const { at, an, chi } = await inbox({ sticky: true });
    const message = await says(at, 'lan', 'alo');
    await at.asks(message, an, { type: 'assign', from: an, agent: chi });
    await at.serve(message);
    const { customer_id: lan } = await at.row(message);
    await at.page.takesIn(writes(newId(), { customer: 'lan-again' }));
    const { id: other, customer_id: again } = await at.page.session('lan-again');
    await at.db.updateTable('customer').set({ merged_into: lan }).where('id', '=', again).execute();
    await at.serve(other);
    expect(await holder(at, other)).toBe(chi);
  });
});
