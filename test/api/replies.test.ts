import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { settleCommands } from '#db/commands.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import type { Refusal } from '#domain/refusal.ts';
import { testApi, type Caller } from '#test/support/api.ts';
import { aTeam } from '#test/support/team.ts';
import { until } from '#test/support/until.ts';
import {
  aChannel,
  aMessage,
  anAgent,
  aSessionRow,
  type ChannelOptions,
} from '#test/support/workspace.ts';

const { database, api, an, binh, page: channel, asAn, close } = await aTeam();
let session: SessionId;
afterAll(close);
beforeEach(async () => {
  session = await aSessionRow(database.db, { channel });
  await aMessage(database.db, { session, channel, seq: 1 });
});

let key = 0;
const newKey = () => `key-${(key += 1)}`;

function reply(payload: object, idempotencyKey = newKey(), caller = asAn) {
  return caller({
    method: 'POST',
    url: `/api/sessions/${session}/replies`,
    headers: { 'idempotency-key': idempotencyKey },
    payload,
  });
}

/** What a workflow does once it has decided. */
async function settle(refused: Refusal | null): Promise<void> {
  const { db } = database;
  await until(async () => {
    const row = await db
      .selectFrom('command')
      .select('id')
      .where('session_id', '=', session)
      .where('state', '=', 'pending')
      .executeTakeFirst();
    if (row === undefined) return false;
    await db
      .transaction()
      .execute((trx) => settleCommands(trx, session, [{ commandId: row.id, refused }]));
    return true;
  });
}

describe('a reply', () => {
  it('is written into the journal and shown as queued at once', async () => {
    const answer = await reply({ text: 'Còn ạ', seenSeq: 1 });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ seq: 2, state: 'queued' });
    const thread = await asAn({ url: `/api/sessions/${session}/messages` });
    expect(thread.json().messages).toMatchObject([
      { seq: 1, author: 'customer' },
      { seq: 2, author: 'agent', agent: { name: 'An' }, text: 'Còn ạ', state: 'queued' },
    ]);
    const [entry] = await database.db
      .selectFrom('session_journal')
      .select(['seq', 'fact'])
      .where('session_id', '=', session)
      .execute();
    expect(entry).toMatchObject({ seq: 2, fact: { kind: 'reply', agent: an } });
    expect(JSON.stringify(entry)).not.toContain('Còn');
  });

  it('is answered with 201 once the session has taken it in', async () => {
    const [answer] = await api.patiently(() =>
      Promise.all([reply({ text: 'Còn ạ', seenSeq: 1 }), settle(null)]),
    );
    expect(answer.statusCode).toBe(201);
  });

  it('that is refused names who is in charge and gives the text back', async () => {
    const [answer] = await api.patiently(() =>
      Promise.all([
        reply({ text: 'Còn ạ', seenSeq: 1 }),
        settle({ code: 'TAKEN', assignee: binh }),
      ]),
    );
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toMatchObject({
      code: 'TAKEN',
      assignee: { id: binh, name: 'Bình' },
      text: 'Còn ạ',
    });
  });

  it('sent twice with one key is one reply, and the answer is the same', async () => {
    const same = newKey();
    const [first, second] = await Promise.all([
      reply({ text: 'Một', seenSeq: 1 }, same),
      reply({ text: 'Một', seenSeq: 1 }, same),
    ]);
    expect(second.json()).toEqual(first.json());
    const { messages } = (await asAn({ url: `/api/sessions/${session}/messages` })).json();
    expect(messages).toHaveLength(2);
  });

  it('with a key that was used for another text is refused', async () => {
    const same = newKey();
    await reply({ text: 'Một', seenSeq: 1 }, same);
    const answer = await reply({ text: 'Hai', seenSeq: 1 }, same);
    expect(answer.json()).toMatchObject({ error: { code: 'IDEMPOTENCY_MISMATCH' } });
  });

  it('with a key that was used for another session is refused', async () => {
    const same = newKey();
    await reply({ text: 'Một', seenSeq: 1 }, same);
    session = await aSessionRow(database.db, { channel });
    expect((await reply({ text: 'Một', seenSeq: 1 }, same)).statusCode).toBe(409);
  });

  it('of somebody else may have the same key', async () => {
    const same = newKey();
    const asBinh = await api.as(binh);
    const answers = [
      await reply({ text: 'Một', seenSeq: 1 }, same),
      await reply({ text: 'Hai', seenSeq: 1 }, same, asBinh),
    ];
    expect(answers.map((answer) => answer.statusCode)).toEqual([202, 202]);
  });

  it('outside the messaging window is refused, and nothing is queued', async () => {
    const yesterday = new Date(Date.now() - 24 * 3_600_000);
    await database.db
      .updateTable('session')
      .set({ window_from: yesterday })
      .where('id', '=', session)
      .execute();
    const answer = await reply({ text: 'Một', seenSeq: 1 });
    expect([answer.statusCode, answer.json().error.code]).toEqual([422, 'WINDOW_CLOSED']);
    const thread = await asAn({ url: `/api/sessions/${session}/messages` });
    expect(thread.json().messages).toHaveLength(1);
  });

  it('longer than the platform takes is refused', async () => {
    const answer = await reply({ text: 'a'.repeat(2_001), seenSeq: 1 });
    expect(answer.json().error).toMatchObject({ code: 'TEXT_TOO_LONG', field: 'text' });
    expect((await reply({ text: 'a'.repeat(2_000), seenSeq: 1 })).statusCode).toBe(202);
  });

  it.each([
    ['no key', { text: 'a', seenSeq: 1 }, undefined, 'idempotency-key'],
    ['no text', { text: '  ', seenSeq: 1 }, 'k', 'text'],
    ['no seenSeq', { text: 'a' }, 'k', 'seenSeq'],
  ])('with %s is refused by its field', async (_what, payload, given, field) => {
    const answer = await asAn({
      method: 'POST',
      url: `/api/sessions/${session}/replies`,
      headers: given === undefined ? {} : { 'idempotency-key': given },
      payload,
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field });
  });

  it('with an unknown field is refused', async () => {
    expect((await reply({ text: 'a', seenSeq: 1, colour: 'red' })).statusCode).toBe(400);
  });

  it('keeps what Postgres cannot hold as a replacement character', async () => {
    await reply({ text: 'a\0b', seenSeq: 1 });
    const { messages } = (await asAn({ url: `/api/sessions/${session}/messages` })).json();
    expect(messages[1].text).toBe('a\uFFFDb');
  });
});

describe('a command', () => {
  const command = (payload: object, idempotencyKey = newKey(), caller = asAn) =>
    caller({
      method: 'POST',
      url: `/api/sessions/${session}/commands`,
      headers: { 'idempotency-key': idempotencyKey },
      payload,
    });
  const facts = async () => {
    const rows = await database.db
      .selectFrom('session_journal')
      .select('fact')
      .where('session_id', '=', session)
      .orderBy('seq')
      .execute();
    return rows.map((row) => row.fact);
  };

  it('goes into the journal with its expiry', async () => {
    const answer = await command({ type: 'done', seenSeq: 1 });
    expect(answer.statusCode).toBe(202);
    const [fact] = await facts();
    expect(fact).toMatchObject({
      kind: 'command',
      agent: an,
      command: { type: 'done', seenSeq: 1 },
    });
    const { at } = await database.db
      .selectFrom('session_journal')
      .select('at')
      .where('session_id', '=', session)
      .executeTakeFirstOrThrow();
    expect(fact).toMatchObject({ expiresAt: at.getTime() + 10_000 });
  });

  it('that is carried out in time is answered with 200', async () => {
    const [answer] = await api.patiently(() =>
      Promise.all([command({ type: 'take' }), settle(null)]),
    );
    expect([answer.statusCode, answer.json().state]).toEqual([200, 'done']);
    expect(await facts()).toMatchObject([{ command: { type: 'take', from: null } }]);
  });

  it('that is refused is answered with its code', async () => {
    const [answer] = await api.patiently(() =>
      Promise.all([
        command({ type: 'done', seenSeq: 0 }),
        settle({ code: 'NEW_MESSAGE', assignee: null }),
      ]),
    );
    expect([answer.statusCode, answer.json().error.code]).toEqual([409, 'NEW_MESSAGE']);
    expect(answer.json().error).not.toHaveProperty('text');
  });

  it('asked for again with its key gives the outcome that it has had meanwhile', async () => {
    const same = newKey();
    const first = await command({ type: 'take' }, same);
    expect(first.statusCode).toBe(202);
    await settle(null);
    const second = await command({ type: 'take' }, same);
    expect(second.statusCode).toBe(200);
    expect(second.json().commandId).toBe(first.json().commandId);
    expect(await facts()).toHaveLength(1);
  });

  it.each([
    ['done without what was seen', { type: 'done' }, 'seenSeq'],
    ['an unknown type', { type: 'dance' }, 'type'],
    ['unassign without from whom', { type: 'unassign' }, 'from'],
    ['a message id that is none', { type: 'retry', messageId: 'a\0b' }, 'messageId'],
  ])('%s is refused by its field', async (_what, payload, field) => {
    const answer = await command(payload);
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field });
  });

  it('to send a message again needs an open window', async () => {
    await database.db
      .updateTable('session')
      .set({ window_from: null })
      .where('id', '=', session)
      .execute();
    const answer = await command({ type: 'retry', messageId: 'm' });
    expect(answer.json().error.code).toBe('WINDOW_CLOSED');
    expect((await command({ type: 'take' })).statusCode).toBe(202);
  });
});

describe('Prefer: respond-async', () => {
  it.each([
    ['replies', { text: 'Còn ạ', seenSeq: 1 }],
    ['commands', { type: 'take' }],
  ])('is answered before there is an outcome: %s', async (what, payload) => {
    const waits: number[] = [];
    const { outcomes } = api.deps;
    const impatient = await testApi(database, {
      outcomes: {
        ...outcomes,
        wait: (id, timeoutMs) => {
          waits.push(timeoutMs);
          return outcomes.wait(id, 0);
        },
      },
    });
    const ask = (prefer: string) =>
      impatient.as(an).then((caller) =>
        caller({
          method: 'POST',
          url: `/api/sessions/${session}/${what}`,
          headers: { 'idempotency-key': newKey(), prefer },
          payload,
        }),
      );
    expect((await ask('respond-async')).statusCode).toBe(202);
    expect((await ask('wait')).statusCode).toBe(202);
    expect(waits).toEqual([0, 3_000]);
    await impatient.close();
  });
});

describe('rights', () => {
  const take = (caller: Caller) =>
    caller({
      method: 'POST',
      url: `/api/sessions/${session}/commands`,
      headers: { 'idempotency-key': newKey() },
      payload: { type: 'take' },
    });

  const assignedTo = async (
    agent: AgentId,
    secondsAgo: number,
    more: Partial<ChannelOptions> = {},
  ) => {
    const { db } = database;
    const where = await aChannel(db, { team: [an, binh], ...more });
    session = await aSessionRow(db, { channel: where, assignee_id: agent });
    const at = new Date(Date.now() - secondsAgo * 1_000);
    const trace = JSON.stringify({ steps: [], cursor: { before: null, after: null } });
    await db
      .insertInto('assignment')
      .values({ session_id: session, no: 1, at, how: 'manual', agent_id: agent, trace })
      .execute();
  };

  it('a session that one may not see is not there', async () => {
    await assignedTo(binh, 3_600);
    expect((await take(asAn)).statusCode).toBe(404);
    for (const part of ['', '/messages', '/history'])
      expect((await asAn({ url: `/api/sessions/${session}${part}` })).statusCode).toBe(404);
  });

  it('a session that one may only look at cannot be acted on', async () => {
    await assignedTo(binh, 3_600, { view_each_other: true });
    const answer = await asAn({ url: `/api/sessions/${session}` });
    expect(answer.json()).toMatchObject({ access: 'view' });
    expect((await take(asAn)).statusCode).toBe(403);
  });

  it('who was not fast enough is told who was, and nothing is written', async () => {
    await assignedTo(binh, 1);
    const answer = await take(asAn);
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toMatchObject({ code: 'TAKEN', assignee: { name: 'Bình' } });
    const { db } = database;
    const written = db.selectFrom('command').select('id').where('session_id', '=', session);
    expect(await written.execute()).toEqual([]);
  });

  it('who is not of the team sees nothing of the channel', async () => {
    const outsider = await api.as(await anAgent(database.db));
    expect((await take(outsider)).statusCode).toBe(404);
  });

  it('no login, no answer', async () => {
    const answer = await api.app.inject(`/api/sessions/${session}`);
    expect([answer.statusCode, answer.json().error.code]).toEqual([401, 'SIGN_IN']);
  });
});
