import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionId } from '#domain/ids.ts';
import { aTeam } from '#test/support/team.ts';
import {
  aChannel,
  aMessage,
  aSessionRow,
  type MessageOptions,
  type SessionOptions,
} from '#test/support/workspace.ts';

const { database, an, binh, page, asAn, asBinh, close } = await aTeam();
const otherPage = await aChannel(database.db, { team: [binh] });
let session: SessionId;
afterAll(close);
beforeEach(async () => {
  await database.db.deleteFrom('session').execute();
  await database.db.deleteFrom('change').execute();
  session = await aSession();
});

const aSession = (options: Partial<SessionOptions> = {}) =>
  aSessionRow(database.db, { channel: page, ...options });
const message = (seq: number, options: Partial<MessageOptions> = {}) =>
  aMessage(database.db, { session, channel: page, seq, ...options });
const answer = (seq: number, options: Partial<MessageOptions> = {}) =>
  message(seq, { direction: 'out', author: 'agent', agent_id: binh, state: 'sent', ...options });

async function unread(caller = asAn): Promise<number> {
  const answered = await caller({ url: `/api/sessions/${session}` });
  expect(answered.statusCode).toBe(200);
  return answered.json().unread;
}
async function read(seq: number, caller = asAn): Promise<number> {
  const url = `/api/sessions/${session}/read`;
  return (await caller({ method: 'PUT', url, payload: { seq } })).statusCode;
}
async function lower(caller = asAn): Promise<number> {
  return (await caller({ method: 'DELETE', url: `/api/sessions/${session}/read` })).statusCode;
}
const listed = async (query: string, caller = asAn) =>
  (await caller({ url: `/api/sessions?${query}` }))
    .json()
    .sessions.map((row: { id: string; unread: number }) => [row.id, row.unread]);
const counts = async (query = '', caller = asAn) =>
  (await caller({ url: `/api/sessions/counts${query}` })).json();

describe('unread', () => {
  it('are the customer’s messages behind one’s own mark', async () => {
    for (const seq of [1, 2, 3]) await message(seq);
    expect(await unread()).toBe(3);
    expect(await read(2)).toBe(204);
    expect([await unread(), await unread(asBinh)]).toEqual([1, 3]);
  });

  it('a mark never falls, and does not reach what has not come yet', async () => {
    await message(1);
    await read(1_000_000);
    await read(0);
    expect(await unread()).toBe(0);
    await message(2);
    expect(await unread()).toBe(1);
  });

  it.each([
    ['an agent’s', { author: 'agent' as const }, 1],
    ['one from the platform’s own tools', { author: 'elsewhere' as const }, 1],
    ['one that the customer has seen', { state: 'seen' as const }, 1],
    ['a queued one does not', { state: 'queued' as const }, 3],
    ['a failed one does not', { state: 'failed' as const }, 3],
    ['an automatic one does not', { author: 'system' as const, agent_id: null }, 3],
    ['another app’s does not', { author: 'other_app' as const, agent_id: null }, 3],
    ['a note does not', { direction: 'note' as const, state: 'received' as const }, 3],
  ])('a staff answer reads for everybody: %s', async (_what, options, left) => {
    await message(1);
    await message(2);
    await answer(3, options);
    await message(4);
    expect([await unread(), await unread(asBinh)]).toEqual([left, left]);
  });

  it('an answer reads as soon as the platform has accepted it, but not what came after it was written', async () => {
    await message(1);
    const sent = await answer(2, { state: 'sending' });
    await message(3);
    expect(await unread()).toBe(2);
    const accepted = database.db.updateTable('message').set({ state: 'sent' });
    await accepted.where('id', '=', sent).execute();
    expect(await unread()).toBe(1);
    expect(await listed('view=unread')).toEqual([[session, 1]]);
  });

  it('an answer from elsewhere does not read what came before it was heard of, but after it was written', async () => {
    const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 8, 0, second));
    await message(1, { received_at: at(1) });
    await message(2, { received_at: at(3) });
    await answer(3, { author: 'elsewhere', occurred_at: at(2), received_at: at(4) });
    expect([await unread(), await unread(asBinh)]).toEqual([1, 1]);
    expect(await listed('view=unread')).toEqual([[session, 1]]);
    await answer(4, { author: 'elsewhere', occurred_at: at(5), received_at: at(6) });
    expect(await unread()).toBe(0);
  });

  it('what was taken back is not among them', async () => {
    await message(1, { removed_at: new Date() });
    await message(2);
    expect(await unread()).toBe(1);
  });

  it('are counted up to 100', async () => {
    for (let seq = 1; seq <= 103; seq += 1) await message(seq);
    expect(await unread()).toBe(100);
    expect((await counts()).menu).toEqual({ message: 100, comment: 0 });
  });
});

describe('mark unread', () => {
  it('lowers one’s own mark to before the newest message, though others have answered it', async () => {
    await message(1);
    await message(2);
    await answer(3);
    expect(await unread()).toBe(0);
    expect(await listed('view=unread')).toEqual([]);
    expect(await lower()).toBe(204);
    expect([await unread(), await unread(asBinh)]).toEqual([1, 0]);
    expect(await listed('view=unread')).toEqual([[session, 1]]);
    expect((await counts()).menu.message).toBe(1);
  });

  it('holds until one reads it', async () => {
    await message(1);
    await answer(2);
    await lower();
    await read(0);
    expect(await unread()).toBe(1);
    await read(2);
    expect(await unread()).toBe(0);
  });

  it('holds until the next staff answer', async () => {
    await message(1);
    await answer(2);
    await lower();
    await message(3);
    expect(await unread()).toBe(2);
    await answer(4);
    expect(await unread()).toBe(0);
    expect(await listed('view=unread')).toEqual([]);
  });

  it('changes nothing where something is unread, or where there is nothing to read', async () => {
    await message(1);
    await message(2);
    await lower();
    expect(await unread()).toBe(2);
    session = await aSession();
    expect(await lower()).toBe(204);
    expect(await unread()).toBe(0);
  });
});

describe('the view', () => {
  it('lists open sessions with something unread, newest first, as one may see them', async () => {
    const inIt = async (options: Partial<SessionOptions>) => {
      session = await aSession(options);
      await message(1);
      return session;
    };
    const at = (minute: number) => ({
      last_message_at: new Date(Date.UTC(2026, 10, 22, 8, minute)),
    });
    const older = await inIt({ ...at(1), assignee_id: an });
    const newer = await inIt({ ...at(2), kind: 'comment' });
    await inIt({ ...at(3), assignee_id: binh });
    await inIt({ ...at(4), status: 'done', start_seq: 1, applied_seq: 1 });
    await inIt({ ...at(5) });
    await read(1);
    const waking = await inIt({ ...at(6), status: 'done', start_seq: 2, applied_seq: 1 });
    expect(await listed('view=unread')).toEqual([
      [waking, 1],
      [newer, 1],
      [older, 1],
    ]);
    expect(await listed('view=unread&kind=comment')).toEqual([[newer, 1]]);
    expect(await listed(`view=unread&assignee=${an}`)).toEqual([[older, 1]]);
    expect(await counts()).toMatchObject({ unread: 3, done: 1, menu: { message: 2, comment: 1 } });
    expect(await counts('?kind=comment')).toMatchObject({ main: 1, unread: 1, done: 0 });
  });

  it('and the counters follow the filters; the menu does not', async () => {
    await message(1);
    session = await aSession({ channel: otherPage });
    await message(1, { channel: otherPage });
    const [here, there] = [await counts(`?channel=${page}`, asBinh), await counts('', asBinh)];
    expect([here.unread, here.menu.message]).toEqual([1, 2]);
    expect([there.unread, there.menu.message]).toEqual([2, 2]);
    expect((await counts(`?channel=${otherPage}`)).unread).toBe(0);
  });

  it('the menu leaves out what is in others’ charge, even for who may see it', async () => {
    const open = await aChannel(database.db, { team: [an, binh], view_each_other: true });
    session = await aSession({ channel: open, assignee_id: binh });
    await message(1, { channel: open });
    const of = await counts();
    expect([of.unread, of.menu.message]).toEqual([1, 0]);
  });

  it('R18: also when it is about to be opened again, and not one’s own or nobody’s', async () => {
    const open = await aChannel(database.db, { team: [an, binh], view_each_other: true });
    for (const assignee_id of [an, binh, null]) {
      const waking = { status: 'done' as const, start_seq: 2, applied_seq: 1 };
      session = await aSession({ channel: open, assignee_id, ...waking });
      await message(1, { channel: open });
    }
    const of = await counts();
    expect([of.unread, of.menu.message]).toEqual([3, 2]);
  });

  it('refuses a filter that it does not know', async () => {
    expect((await asAn({ url: '/api/sessions/counts?view=mine' })).statusCode).toBe(400);
  });
});

describe('rights and news', () => {
  const news = () =>
    database.db.selectFrom('change').select(['topic', 'agent_id', 'session_id']).execute();

  it('only one’s own browsers hear of a mark, and only when it moves', async () => {
    await message(1);
    await read(1);
    await read(1);
    const own = { topic: 'session', agent_id: an, session_id: session };
    expect(await news()).toEqual([own]);
    await lower();
    await lower();
    expect(await news()).toEqual([own, own]);
  });

  it('what one may not see cannot be marked', async () => {
    session = await aSession({ assignee_id: binh });
    await message(1);
    expect([await read(1), await lower()]).toEqual([404, 404]);
    expect(await news()).toEqual([]);
  });

  it('what one may only look at can be', async () => {
    const open = await aChannel(database.db, { team: [an, binh], view_each_other: true });
    session = await aSession({ channel: open, assignee_id: binh });
    await message(1, { channel: open });
    expect([await read(1), await unread()]).toEqual([204, 0]);
  });

  it.each([[{}], [{ seq: -1 }], [{ seq: 'all' }]])('refuses %j', async (payload) => {
    const url = `/api/sessions/${session}/read`;
    const refused = await asAn({ method: 'PUT', url, payload });
    expect(refused.json().error).toMatchObject({ code: 'INVALID', field: 'seq' });
  });
});
