import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Me } from '#contracts/agent.ts';
import { newId } from '#db/ids.ts';
import { isStirred } from '#db/line.ts';
import type { AgentId, ChannelId, GroupId, SessionId, TagId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let owner: AgentId;
let admin: AgentId;
let an: AgentId;
let binh: AgentId;
let channel: ChannelId;
let asOwner: Caller;
let asAdmin: Caller;
let asAn: Caller;

beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  owner = await anAgent(database.db, { name: 'Chủ', role: 'owner' });
  admin = await anAgent(database.db, { name: 'Quản', role: 'admin' });
  an = await anAgent(database.db, { name: 'An' });
  binh = await anAgent(database.db, { name: 'Bình' });
  [asOwner, asAdmin, asAn] = await Promise.all([api.as(owner), api.as(admin), api.as(an)]);
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  channel = await aChannel(database.db, { name: 'Trang', team: [admin, an] });
});

const aGroup = async (name: string, members: AgentId[] = []): Promise<GroupId> => {
  const id = newId<GroupId>();
  await database.db
    .insertInto('team_group')
    .values({ id, name: `${name} ${id}` })
    .execute();
  for (const [position, agent] of members.entries())
    await database.db
      .insertInto('team_group_member')
      .values({ group_id: id, agent_id: agent, position })
      .execute();
  return id;
};
const aTag = async (): Promise<TagId> => {
  const id = newId<TagId>();
  await database.db.insertInto('tag').values({ id, name: id }).execute();
  return id;
};

const journalOf = async (session: SessionId) => {
  const rows = await database.db
    .selectFrom('session_journal')
    .select('kind')
    .where('session_id', '=', session)
    .execute();
  return rows.map(({ kind }) => kind);
};

const address = (section: string, id = channel) => `/api/settings/channels/${id}/${section}`;
const load = async (section: string, caller = asAdmin) =>
  (await caller({ url: address(section) })).json();
const save = (section: string, payload: object, caller = asAdmin) =>
  caller({ method: 'PUT', url: address(section), payload });
/** What was loaded, with some of it changed. */
const change = async (section: string, payload: object, caller = asAdmin) =>
  save(section, { ...(await load(section, caller)), ...payload }, caller);
const fieldOf = async (answer: ReturnType<typeof save>) => {
  const { code, field } = (await answer).json().error;
  return [code, field];
};
const both = (agent: AgentId) => ({ agent, messages: true, comments: true });
const stirs = async () => {
  const { rows } = await sql<{ count: number }>`select count(*) from line_stir`.execute(
    database.db,
  );
  return rows[0]?.count ?? 0;
};
const audited = () =>
  database.db
    .selectFrom('audit_log')
    .select(['agent_id', 'action', 'subject_id', 'before', 'after'])
    .where('subject_id', '=', channel)
    .orderBy('at')
    .execute();
const departed = () =>
  database.db
    .selectFrom('departure')
    .select(['agent_id', 'channel_id', 'cause'])
    .where('channel_id', '=', channel)
    .execute();

describe('the list of channels (R1)', () => {
  it('shows an admin those of whose team they are, the owner all', async () => {
    const other = await aChannel(database.db, { team: [an] });
    const idsFor = async (caller: Caller) =>
      (await caller({ url: '/api/settings/channels' }))
        .json()
        .channels.map(({ id }: { id: string }) => id);
    expect(await idsFor(asOwner)).toEqual(expect.arrayContaining([channel, other]));
    expect(await idsFor(asAdmin)).toContain(channel);
    expect(await idsFor(asAdmin)).not.toContain(other);
  });

  it('tells what each is', async () => {
    const { channels } = (await asAdmin({ url: '/api/settings/channels' })).json();
    expect(channels.find(({ id }: { id: string }) => id === channel)).toEqual({
      id: channel,
      platform: 'facebook',
      name: 'Trang',
      team: 2,
      distribution: true,
    });
  });
});

describe.each(['support', 'assignment', 'interaction'])('the section %s', (section) => {
  it('is not for staff, and not for admins of other teams (R23)', async () => {
    const settings = await load(section);
    const stranger = await api.as(await anAgent(database.db, { role: 'admin' }));
    for (const [caller, code] of [
      [asAn, 'ADMINS_ONLY'],
      [stranger, 'NOT_FOUND'],
    ] as const) {
      expect((await caller({ url: address(section) })).json().error.code).toBe(code);
      expect((await save(section, settings, caller)).json().error.code).toBe(code);
    }
    expect(await load(section)).toEqual(settings);
    expect((await asOwner({ url: address(section) })).statusCode).toBe(200);
    expect((await asOwner({ url: address(section, 'nothing' as ChannelId) })).statusCode).toBe(404);
  });

  it('is saved as it was loaded, with a new version and nothing to audit', async () => {
    const settings = await load(section);
    const answer = await save(section, settings);
    expect(answer.json()).toEqual({ ...settings, version: settings.version + 1 });
    expect(await load(section)).toEqual(answer.json());
    expect(await audited()).toEqual([]);
  });

  it('of two who save at once tells the second, and keeps the first (R17)', async () => {
    const settings = await load(section);
    const answers = await Promise.all([save(section, settings), save(section, settings, asOwner)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    expect(await fieldOf(save(section, settings))).toEqual(['STALE_SETTINGS', 'version']);
  });

  it('knows no other fields', async () => {
    const answer = await change(section, { surprise: 1 });
    expect(answer.statusCode).toBe(400);
  });
});

it('each section has a version of its own', async () => {
  await change('support', { users: [both(admin)] });
  expect((await load('assignment')).version).toBe(1);
  expect((await load('interaction')).version).toBe(1);
});

describe('Support', () => {
  it('keeps groups and users in their order, each with two switches (R2, R3)', async () => {
    const groups = [await aGroup('B', [binh]), await aGroup('A')];
    const settings = {
      groups,
      users: [both(an), { agent: admin, messages: false, comments: true }],
      switches: [{ agent: binh, messages: true, comments: false }],
    };
    const answer = await change('support', settings);
    expect(answer.json()).toEqual({ version: 2, ...settings });
    const pool = await database.db
      .selectFrom('channel_member')
      .select(['agent_id', 'receives_messages', 'receives_comments'])
      .where('channel_id', '=', channel)
      .orderBy('place')
      .execute();
    expect(pool).toEqual([
      { agent_id: an, receives_messages: true, receives_comments: true },
      { agent_id: admin, receives_messages: false, receives_comments: true },
      { agent_id: binh, receives_messages: true, receives_comments: false },
    ]);
  });

  it('switches of who is of none of the groups are not kept', async () => {
    const off = { agent: binh, messages: false, comments: false };
    expect((await change('support', { switches: [off] })).json().switches).toEqual([]);
    const group = await aGroup('A', [binh]);
    expect((await change('support', { groups: [group] })).json().switches).toEqual([]);
  });

  it('lets those go who are no longer of the team by any way (R57)', async () => {
    const group = await aGroup('A', [an, binh]);
    await change('support', { groups: [group], users: [both(admin), both(an)] });
    expect(await departed()).toEqual([]);
    await change('support', { users: [both(admin)] });
    expect(await departed()).toEqual([]);
    await change('support', { groups: [] });
    const gone = { channel_id: channel, cause: 'left' };
    expect(await departed()).toEqual(
      expect.arrayContaining([
        { agent_id: an, ...gone },
        { agent_id: binh, ...gone },
      ]),
    );
    expect(await departed()).toHaveLength(2);
  });

  it('has the waiting line examined when it changes anything (R17)', async () => {
    const before = await stirs();
    await change('support', {});
    expect(await stirs()).toBe(before);
    await change('support', { users: [both(admin), both(binh)] });
    expect(await stirs()).toBe(before + 1);
  });

  it('is audited as far as it changed (R55)', async () => {
    await change('support', { users: [both(admin)] });
    expect(await audited()).toEqual([
      {
        agent_id: admin,
        action: 'channel.support.changed',
        subject_id: channel,
        before: { users: [both(admin), both(an)] },
        after: { users: [both(admin)] },
      },
    ]);
  });

  it.each([
    ['a group that is not there', { groups: ['nobody'] }, 'groups.0'],
    ['a user who is not there', { users: [both('x' as AgentId)] }, 'users.0.agent'],
    ['switches of nobody', { switches: [both('x' as AgentId)] }, 'switches.0.agent'],
    ['no switch', { users: [{ agent: 'x', messages: true }] }, 'users.0.comments'],
    ['what is no id', { groups: ['a b'] }, 'groups.0'],
  ])('with %s is refused by the field', async (_what, payload, field) => {
    expect(await fieldOf(change('support', payload))).toEqual(['INVALID', field]);
    expect((await load('support')).version).toBe(1);
  });

  it('with something twice is refused by the field', async () => {
    const group = await aGroup('A');
    expect(await fieldOf(change('support', { groups: [group, group] }))).toEqual([
      'INVALID',
      'groups.1',
    ]);
    const users = [both(admin), both(an), both(admin)];
    expect(await fieldOf(change('support', { users }))).toEqual(['INVALID', 'users.2.agent']);
    expect(await fieldOf(change('support', { switches: [both(an)] }))).toEqual([
      'INVALID',
      'switches.0.agent',
    ]);
  });

  it('an admin may take themselves out, and is out', async () => {
    expect((await change('support', { users: [both(an)] })).statusCode).toBe(200);
    expect((await asAdmin({ url: address('support') })).statusCode).toBe(404);
  });
});

describe('Assignment', () => {
  it('begins as a new channel does', async () => {
    expect(await load('assignment')).toEqual({
      version: 1,
      sticky: true,
      distribution: true,
      ownerPriority: false,
      mode: 'sequential',
      applyTo: 'all',
      keywordRules: [],
      transferOwner: false,
      view: false,
      interact: false,
      leadTag: null,
      leadSource: null,
    });
  });

  it('keeps all that is set (R4–R14)', async () => {
    const group = await aGroup('A');
    await change('support', { groups: [group] });
    const settings = {
      sticky: false,
      distribution: false,
      ownerPriority: true,
      mode: 'random',
      applyTo: 'online',
      keywordRules: [
        { keywords: ['đổi trả', 'bảo hành'], target: { type: 'group', id: group } },
        { keywords: ['giá'], target: { type: 'agent', id: an } },
      ],
      transferOwner: true,
      view: true,
      interact: true,
      leadTag: await aTag(),
      leadSource: 'Facebook',
    };
    const answer = await change('assignment', settings);
    expect(answer.json()).toEqual({ version: 2, ...settings });
    expect(await load('assignment')).toEqual(answer.json());
  });

  it('moves no assigned session, but has the line examined (R17)', async () => {
    const session = await aSessionRow(database.db, { channel, assignee_id: an });
    const before = await stirs();
    await change('assignment', { applyTo: 'online' });
    expect(await stirs()).toBe(before + 1);
    expect(await journalOf(session)).toEqual([]);
    expect(await audited()).toMatchObject([
      {
        action: 'channel.assignment.changed',
        before: { applyTo: 'all' },
        after: { applyTo: 'online' },
      },
    ]);
  });

  const rule = (target: object, keywords: unknown = ['giá']) => ({
    keywordRules: [{ keywords, target }],
  });
  it.each([
    ['interact without view (R12)', { interact: true }, 'view'],
    ['a tag that is not there', { leadTag: 'x' }, 'leadTag'],
    ['an empty source', { leadSource: ' ' }, 'leadSource'],
    ['an unknown mode', { mode: 'fair' }, 'mode'],
    ['a rule without keywords', rule({ type: 'agent', id: 'x' }, []), 'keywordRules.0.keywords'],
    [
      'a keyword without a word',
      rule({ type: 'agent', id: 'x' }, ['giá', '?']),
      'keywordRules.0.keywords.1',
    ],
    ['a group that is not there', rule({ type: 'group', id: 'x' }), 'keywordRules.0.target.id'],
    ['a user who is not there', rule({ type: 'agent', id: 'x' }), 'keywordRules.0.target.id'],
  ])('with %s is refused by the field', async (_what, payload, field) => {
    expect(await fieldOf(change('assignment', payload))).toEqual(['INVALID', field]);
    expect((await load('assignment')).version).toBe(1);
  });

  it('a target must be of the team, or a group that is listed', async () => {
    const group = await aGroup('A', [binh]);
    const refused = ['INVALID', 'keywordRules.0.target.id'];
    const toGroup = rule({ type: 'group', id: group });
    const toBinh = rule({ type: 'agent', id: binh });
    expect(await fieldOf(change('assignment', toGroup))).toEqual(refused);
    expect(await fieldOf(change('assignment', toBinh))).toEqual(refused);
    await change('support', { groups: [group] });
    expect((await change('assignment', toGroup)).statusCode).toBe(200);
    expect((await change('assignment', toBinh)).statusCode).toBe(200);
  });
});

describe('what waits is examined anew, at once (R5, R17, R48)', () => {
  const told = async (save: () => Promise<unknown>): Promise<[boolean, number]> => {
    await database.db.deleteFrom('line_stir').execute();
    const before = api.nudged.line;
    await save();
    return [await isStirred(database.db), api.nudged.line - before];
  };

  it.each<[string, string, object]>([
    ['distribution is switched', 'assignment', { distribution: false }],
    ['the mode changes', 'assignment', { mode: 'random' }],
    ['everybody counts', 'assignment', { applyTo: 'online' }],
  ])('when %s', async (_what, section, settings) => {
    expect(await told(() => change(section, settings))).toEqual([true, 1]);
  });

  it('when the team changes', async () => {
    const users = [{ agent: binh, messages: true, comments: true }];
    expect(await told(() => change('support', { users }))).toEqual([true, 1]);
  });

  it('R5: switching distribution says nothing to the sessions themselves: they stand in the line', async () => {
    const session = await aSessionRow(database.db, { channel, in_line_since: new Date() });
    await change('assignment', { distribution: false });
    await change('assignment', { distribution: true });
    expect(await journalOf(session)).toEqual([]);
  });
});

describe('a rule whose target has gone (R9)', () => {
  it('stays, and the section can be saved with it; a new one of the kind is refused', async () => {
    const group = await aGroup('C', [binh]);
    await change('support', { groups: [group] });
    const rule = (keyword: string) => ({
      keywords: [keyword],
      target: { type: 'group', id: group },
    });
    expect((await change('assignment', { keywordRules: [rule('giá')] })).statusCode).toBe(200);
    await change('support', { groups: [] });
    expect((await change('assignment', { distribution: false })).statusCode).toBe(200);
    expect((await load('assignment')).keywordRules).toEqual([rule('giá')]);
  });
});

describe('Interaction', () => {
  const rule = { postId: null, keywords: ['giá'], comment: 'Shop đã nhắn', privateMessage: null };
  const automation = { rules: [rule], hideContacts: true, like: true };

  it('begins as a new channel does', async () => {
    const nothing = { on: false, text: '' };
    expect(await load('interaction')).toEqual({
      version: 1,
      commentReply: 'comment',
      automation: { rules: [], hideContacts: false, like: false },
      chat: { away: nothing, firstContact: nothing },
    });
  });

  it('R15: tells everybody of the team at once how comments are answered here', async () => {
    const told = async () => {
      const { channels } = (await asAn({ url: '/api/me' })).json<Me>();
      return channels.find(({ id }) => id === channel)?.commentReply;
    };
    expect(await told()).toBe('comment');
    await change('interaction', { commentReply: 'private' });
    expect(await told()).toBe('private');
  });

  it('keeps all that is set, and is audited (R15, R16, R66)', async () => {
    const settings = {
      commentReply: 'private',
      automation,
      chat: {
        away: { on: true, text: 'Shop mở cửa lúc 8 giờ' },
        firstContact: { on: false, text: 'Chào bạn' },
      },
    };
    expect((await change('interaction', settings)).json()).toEqual({ version: 2, ...settings });
    expect(await audited()).toMatchObject([
      {
        action: 'channel.interaction.changed',
        before: { commentReply: 'comment' },
        after: settings,
      },
    ]);
  });

  it.each([
    ['a rule that answers nothing', [{ ...rule, comment: null }], 'automation.rules.0.comment'],
    ['an empty answer', [rule, { ...rule, comment: ' ' }], 'automation.rules.1.comment'],
    ['an empty post', [{ ...rule, postId: '' }], 'automation.rules.0.postId'],
    ['an empty keyword', [{ ...rule, keywords: [' '] }], 'automation.rules.0.keywords.0'],
    [
      'a private message that is too long',
      [{ ...rule, privateMessage: 'a'.repeat(2_001) }],
      'automation.rules.0.privateMessage',
    ],
  ])('with %s is refused by the field', async (_what, rules, field) => {
    const answer = change('interaction', { automation: { ...automation, rules } });
    expect(await fieldOf(answer)).toEqual(['INVALID', field]);
  });

  it('a message that is on needs its text', async () => {
    const chat = { away: { on: true, text: ' ' }, firstContact: { on: false, text: '' } };
    expect(await fieldOf(change('interaction', { chat }))).toEqual(['INVALID', 'chat.away.text']);
  });

  it('is refused where the platform could not carry it out', async () => {
    channel = await aChannel(database.db, { platform: 'instagram', team: [admin] });
    expect(await fieldOf(change('interaction', { automation }))).toEqual([
      'INVALID',
      'automation.like',
    ]);
    // 1000 bytes of UTF-8, of which ạ takes three.
    const chat = {
      away: { on: true, text: 'ạ'.repeat(334) },
      firstContact: { on: false, text: '' },
    };
    expect(await fieldOf(change('interaction', { chat }))).toEqual(['INVALID', 'chat.away.text']);
    const rules = [{ ...rule, privateMessage: 'ạ'.repeat(333) }];
    const fits = { rules, hideContacts: true, like: false };
    expect((await change('interaction', { automation: fits })).statusCode).toBe(200);
  });
});
