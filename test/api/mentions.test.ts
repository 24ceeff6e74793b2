import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, aMessage, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let [an, binh, chi, owner] = [] as unknown as [AgentId, AgentId, AgentId, AgentId];
let channel: ChannelId;
let session: SessionId;
let [asAn, asBinh] = [] as unknown as [Caller, Caller];
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  const { db } = database;
  await aWorkspace(db);
  [an, binh, chi] = [
    await anAgent(db, { name: 'An' }),
    await anAgent(db, { name: 'Bình' }),
    await anAgent(db, { name: 'Chi' }),
  ];
  owner = await anAgent(db, { role: 'owner' });
  channel = await aChannel(db, { team: [an, binh] });
  [asAn, asBinh] = [await api.as(an), await api.as(binh)];
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  const { db } = database;
  await db.deleteFrom('session').execute();
  await db.deleteFrom('change').execute();
  session = await aSessionRow(db, { channel });
  await aMessage(db, { session, channel, seq: 3 });
});

const writes = (payload: object, headers: Record<string, string> = {}) =>
  asAn({ method: 'POST', url: `/api/sessions/${session}/notes`, headers, payload });
const told = async (caller: Caller) =>
  (await caller({ url: '/api/notifications' })).json().notifications;

it('R38: who is mentioned is told, with the note and by whom; who wrote it is not', async () => {
  const answer = await writes({ text: '@Bình xem giúp', mentions: [binh, an, owner, binh] });
  expect(answer.statusCode).toBe(201);
  expect(await told(asBinh)).toMatchObject([
    {
      type: 'mentioned',
      popup: false,
      readAt: null,
      session: { id: session },
      note: '@Bình xem giúp',
      by: { id: an, name: 'An' },
    },
  ]);
  expect(await told(asAn)).toEqual([]);
  const { db } = database;
  const news = db.selectFrom('change').select(['topic', 'agent_id']).orderBy('id');
  expect(await news.execute()).toEqual([
    { topic: 'message', agent_id: null },
    { topic: 'notification', agent_id: binh },
    { topic: 'notification', agent_id: owner },
  ]);
  const mentions = await db.selectFrom('mention').select(['message_id', 'agent_id']).execute();
  expect(mentions.map(({ agent_id }) => agent_id).sort()).toEqual([an, binh, owner].sort());
});

it('R38: the thread shows who is mentioned, by name, until the note is taken back', async () => {
  await writes({ text: '@Bình @An', mentions: [binh, an] });
  const thread = async () =>
    (await asAn({ url: `/api/sessions/${session}/messages` }))
      .json()
      .messages.map(({ mentions }: { mentions: unknown }) => mentions);
  const named = [
    { id: an, name: 'An' },
    { id: binh, name: 'Bình' },
  ];
  expect(await thread()).toEqual([[], named]);
  await database.db.updateTable('message').set({ removed_at: new Date(), text: null }).execute();
  expect(await thread()).toEqual([[], []]);
});

it('R56: only people of the channel’s team can be mentioned', async () => {
  const answer = await writes({ text: 'x', mentions: [binh, chi] });
  expect(answer.statusCode).toBe(409);
  expect(answer.json().error).toMatchObject({ code: 'NOT_IN_TEAM', field: 'mentions.1' });
  expect(await told(asBinh)).toEqual([]);
  expect((await asAn({ url: `/api/sessions/${session}/messages` })).json().messages).toHaveLength(
    1,
  );
});

it('R23: a mention gives no rights: it is told once the session may be seen', async () => {
  const { db } = database;
  await db.updateTable('session').set({ assignee_id: an }).where('id', '=', session).execute();
  await writes({ text: '@Bình', mentions: [binh] });
  expect(await told(asBinh)).toEqual([]);
  await db
    .updateTable('session')
    .set({ supporters: [binh] })
    .where('id', '=', session)
    .execute();
  expect(await told(asBinh)).toHaveLength(1);
});

it('R22: a note is in the history', async () => {
  const { messageId } = (await writes({ text: 'Khách quen' })).json();
  const { entries } = (await asAn({ url: `/api/sessions/${session}/history` })).json();
  expect(entries).toMatchObject([{ type: 'note', by: { id: an }, messageId, note: 'Khách quen' }]);
});

it('a note that is sent again with its key is written once', async () => {
  const key = { 'idempotency-key': 'once' };
  const note = { text: 'Một lần', mentions: [binh] };
  const answers = await Promise.all([writes(note, key), writes(note, key), writes(note, key)]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
  expect(new Set(answers.map((answer) => answer.json().messageId)).size).toBe(1);
  expect(await told(asBinh)).toHaveLength(1);
  expect((await writes({ ...note, text: 'Khác' }, key)).json().error.code).toBe(
    'IDEMPOTENCY_MISMATCH',
  );
  await writes(note);
  expect(await told(asBinh)).toHaveLength(2);
});

it('R35: an invitation says who invites, and is pointless once one no longer supports', async () => {
  const { db } = database;
  const support = (supporters: AgentId[]) =>
    db
      .updateTable('session')
      .set({ supporters, assignee_id: an })
      .where('id', '=', session)
      .execute();
  await support([binh]);
  const event = {
    type: 'SupportersChanged',
    at: 1,
    added: [binh],
    removed: [],
    by: an,
    cause: 'agent',
  };
  await db
    .insertInto('session_event')
    .values({
      session_id: session,
      version: 1,
      n: 0,
      type: 'SupportersChanged',
      at: new Date(),
      event: JSON.stringify(event),
    })
    .execute();
  await db
    .insertInto('notification')
    .values({ id: 'n1', agent_id: binh, session_id: session, type: 'invited', popup: true })
    .execute();
  expect(await told(asBinh)).toMatchObject([{ type: 'invited', popup: true, by: { id: an } }]);
  expect((await asBinh({ method: 'POST', url: '/api/notifications/n1/read' })).statusCode).toBe(
    204,
  );
  await support([]);
  expect(await told(asBinh)).toEqual([]);
});
