import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#db/ids.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import { aTeam } from '#test/support/team.ts';
import { aMessage, aSessionRow } from '#test/support/workspace.ts';

const { database, an, binh, page, asAn, asBinh, close } = await aTeam();
afterAll(close);
beforeEach(async () => {
  await database.db.deleteFrom('session').execute();
  await database.db.deleteFrom('change').execute();
});

const told = async (query = '', caller = asAn) => {
  const answer = await caller({ url: `/api/notifications${query}` });
  expect(answer.statusCode).toBe(200);
  return answer.json().notifications;
};
const ids = async (query = '', caller = asAn) =>
  (await told(query, caller)).map(({ id }: { id: string }) => id);
const read = (id: string, caller = asAn) =>
  caller({ method: 'POST', url: `/api/notifications/${id}/read` });

let minute = 0;
async function tells(
  session: SessionId,
  { type = 'assigned', agent = an, no = null as number | null } = {},
): Promise<string> {
  const id = newId<string>();
  minute += 1;
  await database.db
    .insertInto('notification')
    .values({
      id,
      agent_id: agent,
      session_id: session,
      type,
      popup: type === 'assigned',
      created_at: new Date(Date.UTC(2026, 10, 22, 8, minute)),
      assignment_no: no,
    })
    .execute();
  return id;
}

/** Bình has given a session to An, with a note. */
async function given(): Promise<{ session: SessionId; id: string }> {
  const { db } = database;
  const session = await aSessionRow(db, { channel: page, customer: 'Lan', assignee_id: an });
  const note = await aMessage(db, {
    session,
    channel: page,
    seq: 1,
    direction: 'note',
    author: 'agent',
    agent_id: binh,
    text: 'Nhờ bạn nhé',
  });
  await assigned(session, 1, an, note);
  return { session, id: await tells(session, { no: 1 }) };
}

async function assigned(session: SessionId, no: number, agent: AgentId, note_id: string | null) {
  const trace = JSON.stringify({ steps: [], cursor: { before: null, after: null } });
  const row = { session_id: session, no, at: new Date(), how: 'manual' as const, trace };
  await database.db
    .insertInto('assignment')
    .values({ ...row, agent_id: agent, by_id: binh, note_id: note_id as never })
    .execute();
}

describe('the notifications', () => {
  it('tell of what, by whom and with which note', async () => {
    const { session, id } = await given();
    expect(await told()).toEqual([
      {
        id,
        type: 'assigned',
        popup: true,
        createdAt: expect.any(String),
        readAt: null,
        session: { id: session, kind: 'message', channelId: page, customerName: 'Lan' },
        note: 'Nhờ bạn nhé',
        by: { id: binh, name: 'Bình' },
      },
    ]);
  });

  it('come newest first, one’s own only, and those not read if asked', async () => {
    const session = await aSessionRow(database.db, { channel: page, assignee_id: an });
    const first = await tells(session, { type: 'warned' });
    const second = await tells(session, { type: 'overdue' });
    const his = await tells(session, { type: 'failed_send', agent: binh });
    expect(await ids()).toEqual([second, first]);
    expect(await ids('?limit=1')).toEqual([second]);
    await read(second);
    expect(await ids('?unread=true')).toEqual([first]);
    expect(await ids()).toEqual([second, first]);
    expect((await told('?limit=1'))[0].readAt).toEqual(expect.any(String));
    await database.db.updateTable('session').set({ assignee_id: null }).execute();
    expect(await ids('', asBinh)).toEqual([his]);
  });

  it('of an assignment end with it', async () => {
    const { session } = await given();
    const { db } = database;
    const now = (assignee: AgentId | null) =>
      db.updateTable('session').set({ assignee_id: assignee }).execute();
    await now(binh);
    expect(await ids()).toEqual([]);
    await now(null);
    expect(await ids()).toEqual([]);
    // Away and back: only the newest one holds.
    await assigned(session, 2, binh, null);
    await assigned(session, 3, an, null);
    await now(an);
    const again = await tells(session, { no: 3 });
    expect(await ids()).toEqual([again]);
  });

  it('R60: are found behind however many that have become pointless', async () => {
    const session = await aSessionRow(database.db, { channel: page, assignee_id: an });
    const mentioned = await tells(session, { type: 'mentioned' });
    const gone = await aSessionRow(database.db, { channel: page, assignee_id: binh });
    await sql`
      insert into notification (id, agent_id, session_id, type, popup, created_at, assignment_no)
      select 'pointless ' || n, ${an}, ${gone}, 'assigned', true, '2027-01-01'::timestamptz + n * interval '1 second', 1
      from generate_series(1, 501) n
    `.execute(database.db);
    expect(await ids('?unread=true')).toEqual([mentioned]);
  });

  it('lead from page to page, each once', async () => {
    const session = await aSessionRow(database.db, { channel: page, assignee_id: an });
    const all = [
      await tells(session, { type: 'warned' }),
      await tells(session, { type: 'overdue' }),
      await tells(session, { type: 'mentioned' }),
    ];
    // At the same instant the id decides.
    const [third, second, first] = all.sort().reverse();
    await database.db
      .updateTable('notification')
      .set({ created_at: sql`'2026-11-22T08:00:00.123456Z'` })
      .execute();
    const onto = async (cursor: string) =>
      (await asAn({ url: `/api/notifications?limit=2${cursor}` })).json();
    const newest = await onto('');
    expect(newest.notifications.map(({ id }: { id: string }) => id)).toEqual([third, second]);
    const rest = await onto(`&cursor=${newest.cursor}`);
    expect(rest.notifications.map(({ id }: { id: string }) => id)).toEqual([first]);
    expect(rest.cursor).toBeNull();
  });

  it('of sessions that one may no longer see are gone', async () => {
    const session = await aSessionRow(database.db, { channel: page, assignee_id: an });
    const id = await tells(session, { type: 'failed_send' });
    expect(await ids()).toEqual([id]);
    await database.db.updateTable('session').set({ assignee_id: binh }).execute();
    expect(await ids()).toEqual([]);
  });

  it.each(['unread=perhaps', 'limit=0', 'cursor=x', 'colour=red'])('refuse ?%s', async (query) => {
    expect((await asAn({ url: `/api/notifications?${query}` })).statusCode).toBe(400);
  });
});

describe('reading one', () => {
  it('happens once, however often, and one’s other browsers hear of it', async () => {
    const { session, id } = await given();
    expect([(await read(id)).statusCode, (await read(id)).statusCode]).toEqual([204, 204]);
    const news = database.db.selectFrom('change').select(['topic', 'subject_id', 'agent_id']);
    expect(await news.where('session_id', '=', session).execute()).toEqual([
      { topic: 'notification', subject_id: id, agent_id: an },
    ]);
  });

  it('of somebody else’s, or of none, is not possible', async () => {
    const { id } = await given();
    expect((await read(id, asBinh)).statusCode).toBe(404);
    expect((await read('nothing')).statusCode).toBe(404);
    expect((await told('?unread=true')).map((one: { id: string }) => one.id)).toEqual([id]);
  });
});
