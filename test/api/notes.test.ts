import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { settleCommands } from '#db/commands.ts';
import type { SessionId } from '#domain/ids.ts';
import type { Refusal } from '#domain/refusal.ts';
import { aTeam } from '#test/support/team.ts';
import { aChannel, aMessage, aSessionRow } from '#test/support/workspace.ts';

const { database, an, binh, page: channel, asAn, close } = await aTeam();
let session: SessionId;
afterAll(close);
beforeEach(async () => {
  session = await aSessionRow(database.db, { channel });
  await aMessage(database.db, { session, channel, seq: 3 });
});

const writes = (text: unknown, caller = asAn) =>
  caller({ method: 'POST', url: `/api/sessions/${session}/notes`, payload: { text } });
const thread = async () =>
  (await asAn({ url: `/api/sessions/${session}/messages` })).json().messages;

describe('a note', () => {
  it('stands in the thread behind what was there, and before what comes', async () => {
    const answer = await writes('  Khách quen \n');
    expect(answer.statusCode).toBe(201);
    await aMessage(database.db, { session, channel, seq: 4 });
    expect(await thread()).toMatchObject([
      { direction: 'in', seq: 3 },
      {
        id: answer.json().messageId,
        direction: 'note',
        seq: 3,
        author: 'agent',
        agent: { id: an, name: 'An' },
        text: 'Khách quen',
        state: 'received',
      },
      { direction: 'in', seq: 4 },
    ]);
  });

  it('is nothing for the workflow, the list or the counters', async () => {
    const before = (await asAn({ url: `/api/sessions/${session}` })).json();
    await writes('Khách quen');
    expect((await asAn({ url: `/api/sessions/${session}` })).json()).toEqual(before);
    const { db } = database;
    const entries = db.selectFrom('session_journal').select('seq');
    expect(await entries.where('session_id', '=', session).execute()).toEqual([]);
  });

  it('can be written on a Done session, which stays Done', async () => {
    session = await aSessionRow(database.db, { channel, status: 'done' });
    expect((await writes('Đã xong')).statusCode).toBe(201);
    const { status, waking } = (await asAn({ url: `/api/sessions/${session}` })).json();
    expect([status, waking]).toEqual(['done', false]);
  });

  it('is told to everybody who may see the session', async () => {
    const { messageId } = (await writes('Khách quen')).json();
    const { db } = database;
    const news = db.selectFrom('change').select(['topic', 'subject_id', 'agent_id']);
    expect(await news.where('session_id', '=', session).execute()).toEqual([
      { topic: 'message', subject_id: messageId, agent_id: null },
    ]);
  });

  it.each([
    ['an empty one', ' \n'],
    ['one that is too long', 'a'.repeat(2_001)],
    ['none', undefined],
  ])('refuses %s', async (_what, text) => {
    expect((await writes(text)).json().error).toMatchObject({ code: 'INVALID', field: 'text' });
  });

  it('needs the right to act', async () => {
    session = await aSessionRow(database.db, { channel, assignee_id: binh });
    expect((await writes('Ai đây?')).statusCode).toBe(404);
    const open = await aChannel(database.db, { team: [an, binh], view_each_other: true });
    session = await aSessionRow(database.db, { channel: open, assignee_id: binh });
    expect((await writes('Ai đây?')).statusCode).toBe(403);
  });
});

describe('a note with an assignment', () => {
  let key = 0;
  const assigns = (payload: object) => {
    key += 1;
    return asAn({
      method: 'POST',
      url: `/api/sessions/${session}/commands`,
      headers: { 'idempotency-key': `key-${key}`, prefer: 'respond-async' },
      payload,
    });
  };
  /** What a workflow does once it has decided. */
  const settle = async (commandId: string, refused: Refusal | null) => {
    const { db } = database;
    const { id } = await db
      .selectFrom('command')
      .select('id')
      .where('session_id', '=', session)
      .executeTakeFirstOrThrow();
    expect(id).toBe(commandId);
    await db
      .transaction()
      .execute((trx) => settleCommands(trx, session, [{ commandId: id, refused }]));
  };
  const give = (note?: string) => ({ type: 'assign', agent: binh, ...(note && { note }) });

  it('shows only once it is carried out, at the place of the command', async () => {
    const { commandId } = (await assigns(give(' Nhờ bạn nhé '))).json();
    await aMessage(database.db, { session, channel, seq: 5 });
    expect(await thread()).toHaveLength(2);
    await settle(commandId, null);
    expect(await thread()).toMatchObject([
      { seq: 3, direction: 'in' },
      { seq: 4, direction: 'note', text: 'Nhờ bạn nhé', agent: { id: an } },
      { seq: 5, direction: 'in' },
    ]);
  });

  it('does not show when it is refused', async () => {
    const { commandId } = (await assigns(give('Nhờ bạn nhé'))).json();
    await settle(commandId, { code: 'TAKEN', assignee: null });
    expect(await thread()).toHaveLength(1);
  });

  it('never enters the journal', async () => {
    await assigns(give('Nhờ bạn nhé'));
    const { db } = database;
    const facts = db.selectFrom('session_journal').select('fact');
    const written = await facts.where('session_id', '=', session).execute();
    expect(written).toMatchObject([{ fact: { command: { type: 'assign' } } }]);
    expect(JSON.stringify(written)).not.toContain('Nhờ');
  });

  it.each([[undefined], [''], [' \n']])('may be left out: %j', async (note) => {
    const { commandId } = (await assigns({ ...give(), note })).json();
    await settle(commandId, null);
    expect(await thread()).toHaveLength(1);
  });

  it('is refused when it is too long, and where it has no place', async () => {
    for (const payload of [give('a'.repeat(2_001)), { type: 'reopen', note: 'x' }])
      expect((await assigns(payload)).statusCode).toBe(400);
    expect((await assigns({ type: 'take', note: 'Để tôi' })).statusCode).toBe(202);
  });
});
