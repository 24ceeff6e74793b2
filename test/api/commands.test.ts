import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#db/ids.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import type { Caller } from '#test/support/api.ts';
import { aTeam } from '#test/support/team.ts';
import { aMessage, anAgent, aSessionRow } from '#test/support/workspace.ts';

const { database, api, an, binh, page, asAn, asBinh, close } = await aTeam();
afterAll(close);
let session: SessionId;
beforeEach(async () => {
  session = await aSession({ assignee_id: an });
});

async function aSession(columns: { assignee_id?: AgentId; supporters?: AgentId[] } = {}) {
  const id = await aSessionRow(database.db, { channel: page, ...columns });
  await aMessage(database.db, { session: id, channel: page, seq: 1 });
  return id;
}

const command = (payload: object, caller: Caller = asAn, id = session) =>
  caller({
    method: 'POST',
    url: `/api/sessions/${id}/commands`,
    headers: { 'idempotency-key': newId(), prefer: 'respond-async' },
    payload,
  });

const journalOf = async (id = session) => {
  const rows = await database.db
    .selectFrom('session_journal')
    .select('fact')
    .where('session_id', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map(({ fact }) => fact);
};

describe('a command goes into the journal as it was asked', () => {
  const until = new Date(Date.now() + 3_600_000);
  it.each<[string, object, object]>([
    [
      'R34: assign to a person',
      { type: 'assign', from: null, agent: 'binh' },
      { type: 'assign', from: null, agent: 'binh' },
    ],
    [
      'R34: a person chosen in a group is the person',
      { type: 'assign', from: null, agent: 'binh', group: 'sales' },
      { type: 'assign', from: null, agent: 'binh' },
    ],
    [
      'R34: a group alone',
      { type: 'assign', from: null, group: 'sales' },
      { type: 'assign', from: null, group: 'sales' },
    ],
    [
      'R59: snooze',
      { type: 'snooze', until: until.toISOString() },
      { type: 'snooze', until: until.getTime() },
    ],
    ['R59: unsnooze', { type: 'unsnooze' }, { type: 'unsnooze' }],
  ])('%s', async (_name, asked, fact) => {
    const free = await aSession();
    const answer = await command(asked, asAn, free);
    expect(answer.statusCode, answer.body).toBe(202);
    expect(await journalOf(free)).toMatchObject([{ kind: 'command', agent: an, command: fact }]);
  });

  it('R35: supporters, all who are to help', async () => {
    const answer = await command({ type: 'supporters', agents: [binh] });
    expect(answer.statusCode, answer.body).toBe(202);
    expect(await journalOf()).toMatchObject([{ command: { type: 'supporters', agents: [binh] } }]);
  });
});

describe('refused at once, with the field', () => {
  it.each<[string, object, string]>([
    ['nobody named', { type: 'assign', from: null }, 'agent'],
    ['a time that has passed', { type: 'snooze', until: '2020-01-01T00:00:00Z' }, 'until'],
    [
      'a time in years',
      { type: 'snooze', until: new Date(Date.now() + 500 * 86_400_000).toISOString() },
      'until',
    ],
    ['no time', { type: 'snooze', until: 'tomorrow' }, 'until'],
    ['more helpers than fit', { type: 'supporters', agents: Array(21).fill('x') }, 'agents'],
  ])('%s', async (_name, asked, field) => {
    const answer = await command(asked);
    expect(answer.statusCode, answer.body).toBe(400);
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field });
    expect(await journalOf()).toEqual([]);
  });

  it('R56: a supporter who is not of the team', async () => {
    const stranger = await anAgent(database.db, { name: 'Lạ' });
    const answer = await command({ type: 'supporters', agents: [binh, stranger] });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toMatchObject({ code: 'NOT_IN_TEAM', field: 'agents.1' });
  });

  it('R23: the workspace owner counts as in every team', async () => {
    const owner = await anAgent(database.db, { name: 'Chủ', role: 'owner' });
    const answer = await command({ type: 'supporters', agents: [owner] });
    expect(answer.statusCode, answer.body).toBe(202);
  });
});

describe('R35: a supporter may do everything but change the assignee', () => {
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const helped = () => aSession({ assignee_id: an, supporters: [binh] });
  it.each<[string, object, number]>([
    ['snooze', { type: 'snooze', until: later }, 202],
    ['invite', { type: 'supporters', agents: [] }, 202],
    ['mark Done', { type: 'done', seenSeq: 1 }, 202],
    ['take', { type: 'take', from: 'an' }, 403],
    ['assign', { type: 'assign', from: 'an', group: 'sales' }, 403],
    ['unassign', { type: 'unassign', from: 'an' }, 403],
  ])('%s', async (_name, asked, status) => {
    const id = await helped();
    const answer = await command(asked, asBinh, id);
    expect(answer.statusCode, answer.body).toBe(status);
    expect(await journalOf(id)).toHaveLength(status === 202 ? 1 : 0);
  });

  it('answer', async () => {
    const id = await helped();
    const answer = await asBinh({
      method: 'POST',
      url: `/api/sessions/${id}/replies`,
      headers: { 'idempotency-key': newId(), prefer: 'respond-async' },
      payload: { text: 'Dạ em hỗ trợ ạ', seenSeq: 1 },
    });
    expect(answer.statusCode, answer.body).toBe(202);
  });

  it('others of the team, without "interact", do not even see it', async () => {
    const chi = await anAgent(database.db, { name: 'Chi' });
    await database.db
      .insertInto('channel_agent')
      .values({ channel_id: page, agent_id: chi, position: 9 })
      .execute();
    const answer = await command({ type: 'unsnooze' }, await api.as(chi), await helped());
    expect(answer.statusCode).toBe(404);
  });
});

describe('R58: what an agent says of their presence', () => {
  it('away, back, end of shift', async () => {
    const put = (away: boolean) =>
      asAn({ method: 'PUT', url: '/api/me/presence', payload: { away } });
    expect((await asAn({ url: '/api/me/presence' })).json()).toEqual({
      online: false,
      away: false,
    });
    expect((await put(true)).json()).toEqual({ online: false, away: true });
    expect((await put(false)).json()).toEqual({ online: false, away: false });
    const ended = await asAn({ method: 'POST', url: '/api/me/shift-end' });
    expect(ended.json()).toEqual({ online: false, away: true });
    expect(
      await database.db.selectFrom('departure').select(['agent_id', 'cause']).execute(),
    ).toEqual([{ agent_id: an, cause: 'shift ended' }]);
    expect(api.nudged.line).toBe(3);
  });
});

it('upgrades: every open session is asked to go on in a run of the new program', async () => {
  const admin = await anAgent(database.db, { name: 'Quản trị', role: 'admin' });
  const post = (caller: Caller) => caller({ method: 'POST', url: '/api/upgrades/sessions' });
  expect((await post(asAn)).statusCode).toBe(403);
  const answer = await post(await api.as(admin));
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.json().sessions).toBeGreaterThan(0);
  expect((await journalOf()).at(-1)).toEqual({ kind: 'migrate' });
});
