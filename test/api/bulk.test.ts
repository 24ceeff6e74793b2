import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BulkOutcome } from '#contracts/bulk.ts';
import type { Label } from '#contracts/label.ts';
import { settleCommands } from '#db/commands.ts';
import { newId } from '#db/ids.ts';
import type { AgentId, ChannelId, GroupId, LabelId, SessionId } from '#domain/ids.ts';
import type { Refusal } from '#domain/refusal.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { until } from '#test/support/until.ts';
import { aChannel, aMessage, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let [an, binh] = [] as unknown as [AgentId, AgentId];
let channel: ChannelId;
let [asAn, asBinh] = [] as unknown as [Caller, Caller];
let [free, own, others, hidden] = [] as unknown as SessionId[] as [
  SessionId,
  SessionId,
  SessionId,
  SessionId,
];
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  const { db } = database;
  await aWorkspace(db);
  [an, binh] = [await anAgent(db, { name: 'An' }), await anAgent(db, { name: 'Bình' })];
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
  await db.deleteFrom('session_journal').execute();
  const seen = await aChannel(db, { team: [an, binh], view_each_other: true });
  [free, own, others, hidden] = [
    await aSessionRow(db, { channel }),
    await aSessionRow(db, { channel, assignee_id: an }),
    await aSessionRow(db, { channel: seen, assignee_id: binh }),
    await aSessionRow(db, { channel, assignee_id: binh }),
  ];
  for (const session of [free, own, hidden]) await aMessage(db, { session, channel, seq: 1 });
});

let keys = 0;
async function bulk(
  action: object,
  sessions: SessionId[],
  { key = `key-${(keys += 1)}`, caller = asAn } = {},
): Promise<Record<string, Omit<BulkOutcome, 'session'>>> {
  const payload = { sessions, action, key };
  const answer = await caller({ method: 'POST', url: '/api/sessions/bulk', payload });
  expect(answer.statusCode).toBe(200);
  const { outcomes } = answer.json<{ outcomes: BulkOutcome[] }>();
  expect(outcomes.map(({ session }) => session)).toEqual(sessions);
  return Object.fromEntries(outcomes.map(({ session, ...outcome }) => [session, outcome]));
}

/** What the sessions' workflows do once they have decided. */
async function settleAll(refused: Refusal | null): Promise<void> {
  const { db } = database;
  const commands = await db
    .selectFrom('command')
    .select(['id', 'session_id'])
    .where('state', '=', 'pending')
    .execute();
  for (const { id, session_id } of commands)
    await db
      .transaction()
      .execute((trx) => settleCommands(trx, session_id, [{ commandId: id, refused }]));
}
const commands = () =>
  database.db
    .selectFrom('session_journal')
    .select(['session_id', sql<unknown>`fact->'command'`.as('command')])
    .execute();

describe('R39: what goes through the workflow', () => {
  it('is asked of each session by itself, and refused where one may not act', async () => {
    const outcomes = await bulk({ type: 'assign', agent: binh }, [free, own, others, hidden]);
    expect(outcomes).toEqual({
      [free]: { state: 'pending' },
      [own]: { state: 'pending' },
      [others]: { state: 'refused', code: 'FORBIDDEN' },
      [hidden]: { state: 'refused', code: 'NOT_FOUND' },
    });
    expect(await commands()).toEqual(
      expect.arrayContaining([
        { session_id: free, command: { type: 'assign', from: null, agent: binh } },
        { session_id: own, command: { type: 'assign', from: an, agent: binh } },
      ]),
    );
    expect(await commands()).toHaveLength(2);
  });

  it('says what became of it when the workflows have decided, and once only for a key', async () => {
    const again = { key: 'the same' };
    await bulk({ type: 'take' }, [free, own], again);
    await settleAll(null);
    await database.db.updateTable('session').set({ assignee_id: an }).execute();
    expect(await bulk({ type: 'take' }, [free, own], again)).toEqual({
      [free]: { state: 'done' },
      [own]: { state: 'done' },
    });
    expect(await commands()).toHaveLength(2);
    const other = await bulk({ type: 'assign', agent: binh }, [free], again);
    expect(other[free]).toEqual({ state: 'refused', code: 'IDEMPOTENCY_MISMATCH' });
  });

  it('carries a refusal with its code and who is in charge', async () => {
    const refused = await api.patiently(async () => {
      const waiting = bulk({ type: 'done', seen: { [free]: 0, [own]: 1 } }, [free, own]);
      await until(async () => (await commands()).length === 2);
      await settleAll({ code: 'NEW_MESSAGE' });
      return waiting;
    });
    expect(refused[free]).toEqual({ state: 'refused', code: 'NEW_MESSAGE' });
    expect((await commands()).map(({ command }) => command)).toContainEqual({
      type: 'done',
      seenSeq: 1,
    });
  });

  it('R34: gives to a group, with a note', async () => {
    const group = newId<GroupId>();
    const give = { type: 'assign', group, note: ' Nhờ nhóm nhé ' };
    expect(await bulk(give, [free, own])).toEqual({
      [free]: { state: 'pending' },
      [own]: { state: 'pending' },
    });
    expect(await commands()).toEqual(
      expect.arrayContaining([
        { session_id: free, command: { type: 'assign', from: null, group } },
        { session_id: own, command: { type: 'assign', from: an, group } },
      ]),
    );
    const notes = await database.db
      .selectFrom('command')
      .select(['session_id', 'note'])
      .where('note', 'is not', null)
      .execute();
    expect(new Set(notes.map(({ session_id, note }) => `${session_id} ${note}`))).toEqual(
      new Set([`${free} Nhờ nhóm nhé`, `${own} Nhờ nhóm nhé`]),
    );
  });

  it('R34: goes by whom the agent saw in charge, where they say so', async () => {
    await bulk({ type: 'assign', agent: binh, from: { [free]: binh, [own]: null } }, [free, own]);
    expect((await commands()).map(({ command }) => (command as { from: unknown }).from)).toEqual(
      expect.arrayContaining([binh, null]),
    );
  });
});

describe('R39: what does not', () => {
  it('reads and marks as unread', async () => {
    const unread = async (session: SessionId) =>
      (await asAn({ url: `/api/sessions/${session}` })).json().unread;
    expect(await bulk({ type: 'read' }, [free, own, hidden])).toEqual({
      [free]: { state: 'done' },
      [own]: { state: 'done' },
      [hidden]: { state: 'refused', code: 'NOT_FOUND' },
    });
    expect([await unread(free), await unread(own)]).toEqual([0, 0]);
    await bulk({ type: 'unread' }, [own]);
    expect([await unread(free), await unread(own)]).toEqual([0, 1]);
  });

  it('happens once for a key, whatever has been done since', async () => {
    const { db } = database;
    const label = { id: 'once' as LabelId, name: 'once', color: '#64748b', position: 3 };
    await db.insertInto('label').values(label).execute();
    const unread = async () => (await asAn({ url: `/api/sessions/${own}` })).json().unread;
    const labels = async () =>
      (await asAn({ url: `/api/sessions/${own}` })).json().labels.map((one: Label) => one.id);
    const done = { [own]: { state: 'done' } };
    const [reads, marks, adds] = [{ key: 'reads' }, { key: 'marks' }, { key: 'adds' }];

    expect(await bulk({ type: 'read' }, [own], reads)).toEqual(done);
    expect(await bulk({ type: 'unread' }, [own], marks)).toEqual(done);
    expect(await bulk({ type: 'read' }, [own], reads)).toEqual(done);
    expect(await unread()).toBe(1);
    await bulk({ type: 'read' }, [own]);
    expect(await bulk({ type: 'unread' }, [own], marks)).toEqual(done);
    expect(await unread()).toBe(0);

    expect(await bulk({ type: 'label', add: ['once'] }, [own], adds)).toEqual(done);
    await bulk({ type: 'label', remove: ['once'] }, [own]);
    expect(await bulk({ type: 'label', add: ['once'] }, [own], adds)).toEqual(done);
    expect(await labels()).toEqual([]);
  });

  it('refuses a key that was used for something else, and does not use up one that was refused', async () => {
    const again = { key: 'one key' };
    await bulk({ type: 'read' }, [own], again);
    const other = await bulk({ type: 'unread' }, [own, hidden], again);
    expect(other[own]).toEqual({ state: 'refused', code: 'IDEMPOTENCY_MISMATCH' });
    expect(other[hidden]).toEqual({ state: 'refused', code: 'NOT_FOUND' });
    expect((await bulk({ type: 'take' }, [own], again))[own]).toEqual({
      state: 'refused',
      code: 'IDEMPOTENCY_MISMATCH',
    });
    expect(
      (await bulk({ type: 'unread' }, [hidden], { ...again, caller: asBinh }))[hidden],
    ).toEqual({ state: 'done' });
  });

  it('adds labels and takes labels away, and leaves the others', async () => {
    const { db } = database;
    const label = (id: string, position: number) => ({
      id: id as never,
      name: id,
      color: '#64748b',
      position,
    });
    await db
      .insertInto('label')
      .values([label('a', 0), label('b', 1), label('c', 2)])
      .execute();
    const given = (session_id: SessionId, id: string) => ({ session_id, label_id: id as never });
    await db
      .insertInto('session_label')
      .values([given(own, 'a'), given(own, 'b')])
      .execute();
    const change = { type: 'label', add: ['c'], remove: ['a'] };
    expect(await bulk(change, [own, free, others])).toEqual({
      [own]: { state: 'done' },
      [free]: { state: 'done' },
      [others]: { state: 'refused', code: 'FORBIDDEN' },
    });
    const has = await db
      .selectFrom('session_label')
      .select(['session_id', 'label_id'])
      .orderBy('label_id')
      .execute();
    expect(has.filter((one) => one.session_id === own).map((one) => one.label_id)).toEqual([
      'b',
      'c',
    ]);
    expect(has.filter((one) => one.session_id === free).map((one) => one.label_id)).toEqual(['c']);
    const unknown = await bulk({ type: 'label', add: ['nothing'] }, [own]);
    expect(unknown[own]).toEqual({ state: 'refused', code: 'INVALID' });
  });

  it('R23: a supporter may label what they support', async () => {
    await database.db
      .updateTable('session')
      .set({ supporters: [binh] })
      .where('id', '=', own)
      .execute();
    expect(await bulk({ type: 'label' }, [own], { caller: asBinh })).toEqual({
      [own]: { state: 'done' },
    });
    const outcomes = await bulk({ type: 'assign', agent: binh }, [own], { caller: asBinh });
    expect(outcomes[own]).toEqual({ state: 'refused', code: 'FORBIDDEN' });
  });
});

describe('a request that is not as it should be', () => {
  const ask = async (payload: object) =>
    (await asAn({ method: 'POST', url: '/api/sessions/bulk', payload })).json().error;
  const action = { type: 'read' };
  const key = 'k';

  it('is refused by its field', async () => {
    expect(await ask({ sessions: [], action, key })).toMatchObject({ field: 'sessions' });
    expect(await ask({ sessions: [own, own], action, key })).toMatchObject({ field: 'sessions' });
    const many = Array.from({ length: 101 }, (_, n) => `s${n}`);
    expect(await ask({ sessions: many, action, key })).toMatchObject({ field: 'sessions' });
    expect(await ask({ sessions: [own], action })).toMatchObject({ field: 'key' });
    const done = { type: 'done', seen: { [free]: 1 } };
    expect(await ask({ sessions: [own], action: done, key })).toMatchObject({
      field: 'action.seen',
    });
    const nobody = { type: 'assign', note: 'x' };
    expect(await ask({ sessions: [own], action: nobody, key })).toMatchObject({
      field: 'action.agent',
    });
    const long = { type: 'assign', agent: an, note: 'x'.repeat(2_001) };
    expect(await ask({ sessions: [own], action: long, key })).toMatchObject({
      field: 'action.note',
    });
  });
});
