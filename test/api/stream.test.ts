import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPresence } from '#api/presence.ts';
import { hashToken, issueLogin } from '#api/sign-in.ts';
import { recordChanges, type NewChange } from '#db/changes.ts';
import { readPresence } from '#db/presence.ts';
import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import { testApi, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { openSse, type SseReader } from '#test/support/sse.ts';
import { until } from '#test/support/until.ts';
import { aChannel, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let address: string;
let channel: ChannelId;
let an: AgentId;
let binh: AgentId;
let session: SessionId;
const open: SseReader[] = [];

beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  await aWorkspace(database.db);
  an = await anAgent(database.db, { name: 'An' });
  binh = await anAgent(database.db, { name: 'Bình' });
  channel = await aChannel(database.db, { team: [an, binh] });
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  session = await aSessionRow(database.db, { channel });
});
afterEach(() => open.splice(0).forEach((reader) => reader.close()));

async function connect(agent: AgentId, lastId?: string): Promise<SseReader> {
  return connectWith(await issueLogin(database.db, agent), lastId);
}

async function connectWith(token: string, lastId?: string): Promise<SseReader> {
  const reader = await openSse(`${address}/api/stream`, {
    cookie: `everthread=${token}`,
    ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
  });
  open.push(reader);
  await until(() => reader.lastId() !== '' || reader.events.length > 0);
  return reader;
}

const inCharge = (assignee: AgentId | null) => ({ channel, assignee, supporters: [] });

async function change(more: Partial<NewChange> = {}): Promise<void> {
  const one: NewChange = {
    topic: 'session',
    sessionId: session,
    subjectId: null,
    agentId: null,
    before: inCharge(null),
    after: inCharge(null),
    ...more,
  };
  await database.db.transaction().execute((trx) => recordChanges(trx, [one]));
}

/** Something that everybody hears, after which nothing earlier can still come. */
async function nothingMoreFor(reader: SseReader): Promise<string[]> {
  const last = await aSessionRow(database.db, { channel });
  await change({ sessionId: last });
  await until(() =>
    reader.events.some(({ data }) => (data as { sessionId: SessionId }).sessionId === last),
  );
  return reader.events.slice(0, -1).map(({ event }) => event);
}

describe('the stream', () => {
  it('tells what changed, and where to look', async () => {
    const reader = await connect(an);
    await change({ topic: 'message', subjectId: 'm1' });
    const { data } = await reader.next('change');
    expect(data).toMatchObject({ sessionId: session, topic: 'message', subject: 'm1' });
  });

  it('needs a login', async () => {
    const reader = await openSse(`${address}/api/stream`, {});
    expect(reader.status).toBe(401);
    reader.close();
  });

  it('tells nobody of a session that they may not see', async () => {
    const reader = await connect(an);
    await change({ before: inCharge(binh), after: inCharge(binh) });
    const outsider = await connect(await anAgent(database.db, { role: 'owner' }));
    await change({ before: inCharge(binh), after: inCharge(binh) });
    await outsider.next('change');
    expect(await nothingMoreFor(reader)).toEqual([]);
  });

  it('tells who can no longer see a session that it is gone, and the new assignee that it is there', async () => {
    const [asAn, asBinh] = [await connect(an), await connect(binh)];
    await change({ after: inCharge(binh) });
    expect((await asAn.next('gone')).data).toMatchObject({ sessionId: session });
    expect((await asBinh.next('change')).data).toMatchObject({ sessionId: session });
    expect(await nothingMoreFor(asAn)).toEqual(['gone']);
  });

  it('tells what concerns one agent to that agent alone', async () => {
    const [asAn, asBinh] = [await connect(an), await connect(binh)];
    await change({ topic: 'notification', subjectId: 'n1', agentId: binh });
    expect((await asBinh.next('change')).data).toMatchObject({
      topic: 'notification',
      subject: 'n1',
    });
    expect(await nothingMoreFor(asAn)).toEqual([]);
  });

  it('tells an agent what became of their command', async () => {
    const reader = await connect(an);
    const detail = { assignee: { id: binh, name: 'Bình' } };
    const command = { id: `c-${session}`, state: 'refused', code: 'TAKEN' };
    await sql`insert into command (id, agent_id, idempotency_key, body_hash, session_id, seq, type, state, code, detail)
      values (${command.id}, ${an}, ${session}, '', ${session}, 1, 'take', 'refused', 'TAKEN', ${JSON.stringify(detail)})`.execute(
      database.db,
    );
    // The session is out of sight by now; what one has asked for is told all the same.
    const hidden = inCharge(binh);
    await change({
      topic: 'command',
      subjectId: command.id,
      agentId: an,
      before: hidden,
      after: hidden,
    });
    expect((await reader.next('command')).data).toEqual({
      sessionId: session,
      commandId: command.id,
      state: 'refused',
      code: 'TAKEN',
      assignee: detail.assignee,
    });
  });

  it('misses nothing that commits late, and keeps the order of commits', async () => {
    const reader = await connect(an);
    const slow = await database.db.startTransaction().execute();
    await sql`select pg_current_xact_id()`.execute(slow);
    await change({ subjectId: 'fast' });
    await recordChanges(slow, [
      {
        topic: 'session',
        sessionId: session,
        subjectId: 'slow',
        agentId: null,
        before: inCharge(null),
        after: inCharge(null),
      },
    ]);
    await slow.commit().execute();
    await until(() => reader.events.length === 2);
    expect(reader.events.map(({ data }) => (data as { subject: string }).subject)).toEqual([
      'slow',
      'fast',
    ]);
  });
});

describe('a browser that comes back', () => {
  it('is told what it missed, once', async () => {
    const first = await connect(an);
    await change({ subjectId: 'seen' });
    const { id } = await first.next('change');
    first.close();
    await change({ subjectId: 'missed 1' });
    await change({ subjectId: 'missed 2' });
    const second = await connect(an, id);
    await change({ subjectId: 'new' });
    await until(() => second.events.length === 3);
    expect(second.events.map(({ data }) => (data as { subject: string }).subject)).toEqual([
      'missed 1',
      'missed 2',
      'new',
    ]);
  });

  it('after too long is told to load everything again', async () => {
    const first = await connect(an);
    await change();
    const { id } = await first.next('change');
    first.close();
    await sql`update change set at = now() - interval '61 minutes'`.execute(database.db);
    const second = await connect(an, id);
    expect((await second.next('reset')).data).toEqual({ reason: 'too old' });
    await change({ subjectId: 'new' });
    expect((await second.next('change')).data).toMatchObject({ subject: 'new' });
  });

  it.each(['nonsense', '1-', '99999999999999999999-1', "1-1'; drop table change"])(
    'with the place %s simply starts anew',
    async (place) => {
      const reader = await connect(an, place);
      expect(await nothingMoreFor(reader)).toEqual([]);
    },
  );
});

describe('rights', () => {
  it('signing out ends the stream at once', async () => {
    await untilNoneIsOpen();
    const token = await issueLogin(database.db, an);
    const reader = await connectWith(token);
    expect(await streamsOpen()).toBe(1);
    await api.app.inject({ method: 'POST', url: '/api/logout', cookies: { everthread: token } });
    expect(await streamsOpen()).toBe(0);
    await until(() => reader.isClosed());
  });

  it('a login that is deleted elsewhere ends the stream', async () => {
    const token = await issueLogin(database.db, an);
    const reader = await connectWith(token);
    await database.db.deleteFrom('login').where('token_hash', '=', hashToken(token)).execute();
    await until(() => reader.isClosed());
  });

  it('disabling an agent ends their streams', async () => {
    const chi = await anAgent(database.db);
    const reader = await connect(chi);
    await database.db
      .updateTable('agent')
      .set({ disabled_at: new Date() })
      .where('id', '=', chi)
      .execute();
    await until(() => reader.isClosed());
  });

  it('who is given other rights is told to load again, and hears of what they may see now', async () => {
    const chi = await anAgent(database.db);
    const reader = await connect(chi);
    const member = { channel_id: channel, agent_id: chi, position: 9 };
    await database.db.insertInto('channel_agent').values(member).execute();
    expect((await reader.next('reset')).data).toEqual({ reason: 'rights' });
    await change();
    await reader.next('change');
  });
});

async function streamsOpen(): Promise<number> {
  const { values } = await api.deps.metrics.streams.get();
  return values[0]?.value ?? 0;
}

/** Those of the tests before may still be on their way out. */
async function untilNoneIsOpen(): Promise<void> {
  await until(async () => (await streamsOpen()) === 0);
}

it('a browser that does not read is cut off, and the others go on', async () => {
  await untilNoneIsOpen();
  const [slow, quick] = [await connect(an), await connect(binh)];
  // A client that does not read cannot notice that it was cut off; the server can.
  slow.pause();
  const subjectId = 'x'.repeat(100_000);
  let told = 0;
  await until(
    async () => {
      await change({ topic: 'message', subjectId });
      told += 1;
      api.deps.stream.nudge();
      await until(() => quick.events.length === told, { everyMs: 2 });
      return (await streamsOpen()) === 1;
    },
    { everyMs: 1 },
  );
  expect(quick.isClosed()).toBe(false);
});

describe('R58: who is at the desk', () => {
  /** With somebody in charge of presence, as in a process that takes browsers. */
  async function withPresence(): Promise<TestApi> {
    const { db } = database;
    const log = pino({ enabled: false });
    let askEvery = (_: number): void => undefined;
    const presence = startPresence({
      ...{ db, log, waker: { wake: () => undefined } },
      askEvery: (ms) => askEvery(ms),
    });
    const desk = await testApi(database, { presence });
    askEvery = (ms) => desk.deps.stream.beatEvery(ms);
    return {
      ...desk,
      async close() {
        await desk.close();
        await presence.stop();
      },
    };
  }
  const isOnline = async (agent: AgentId) => (await readPresence(database.db, agent)).online;
  const setGrace = (seconds: number) =>
    database.db.updateTable('workspace').set({ presence_grace_seconds: seconds }).execute();

  let desk: TestApi;
  let url: string;
  beforeAll(async () => {
    await setGrace(5);
    desk = await withPresence();
    url = `${await desk.app.listen({ port: 0, host: '127.0.0.1' })}/api`;
  });
  afterAll(() => desk.close());

  it('is who has a browser connected, and not whose program listens', async () => {
    const asBinh = await desk.as(binh);
    const made = await asBinh({ method: 'POST', url: '/api/me/tokens', payload: { name: 'CRM' } });
    const authorization = `Bearer ${made.json<{ token: string }>().token}`;
    open.push(await openSse(`${url}/stream`, { authorization }));
    const answer = await fetch(`${url}/me/presence/beat`, {
      method: 'POST',
      headers: { authorization },
    });
    expect(answer.status).toBe(204);
    const cookie = `everthread=${await issueLogin(database.db, an)}`;
    open.push(await openSse(`${url}/stream`, { cookie }));
    await until(() => isOnline(an));
    expect(await isOnline(binh)).toBe(false);
  });

  it('is nobody whose connection looks open but does not answer any more, as when a laptop is closed', async () => {
    const [silent, awake] = [
      await anAgent(database.db, { name: 'Lan' }),
      await anAgent(database.db, { name: 'Mai' }),
    ];
    const streamOf = async (agent: AgentId) => {
      const cookie = `everthread=${await issueLogin(database.db, agent)}`;
      const reader = await openSse(`${url}/stream`, { cookie });
      open.push(reader);
      return { reader, cookie };
    };
    const { reader } = await streamOf(silent);
    const { reader: answering, cookie } = await streamOf(awake);
    const beats = answering.onBeat(() => {
      void fetch(`${url}/me/presence/beat`, { method: 'POST', headers: { cookie } });
    });
    await until(async () => (await isOnline(silent)) && (await isOnline(awake)));
    await until(async () => !(await isOnline(silent)));
    expect([reader.isClosed(), await isOnline(awake)]).toEqual([false, true]);
    beats();
    await until(async () => !(await isOnline(awake)));
  });

  it('is asked for more often the shorter the grace time', async () => {
    const cookie = `everthread=${await issueLogin(database.db, an)}`;
    const reader = await openSse(`${url}/stream`, { cookie });
    open.push(reader);
    const asked = new Set<number>();
    reader.onBeat(({ nextMs }) => asked.add(nextMs));
    await until(() => asked.has(Math.round(5_000 / 3)));
    await setGrace(600);
    await until(() => asked.has(15_000));
  });
});
