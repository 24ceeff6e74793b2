import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryEntry } from '#contracts/history.ts';
import type { Wire } from '#lib/state/wire.ts';
import { setOwner } from '#db/customer-owner.ts';
import { newId } from '#db/ids.ts';
import type { AgentId, ChannelId, CustomerId, GroupId, LabelId, SessionId } from '#domain/ids.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, aMessage, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let an: AgentId;
let binh: AgentId;
let page: ChannelId;
let asAn: Caller;
let asBinh: Caller;
let asStranger: Caller;
let id: SessionId;
let version: number;

beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  const { db } = database;
  await aWorkspace(db);
  an = await anAgent(db, { name: 'An' });
  binh = await anAgent(db, { name: 'Bình' });
  page = await aChannel(db, { team: [an, binh] });
  asAn = await api.as(an);
  asBinh = await api.as(binh);
  asStranger = await api.as(await anAgent(db, { role: 'admin' }));
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  id = await aSessionRow(database.db, { channel: page, assignee_id: an });
  version = 0;
});

/** Minutes after a fixed morning. */
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 8, minutes));
const when = (minutes: number) => at(minutes).getTime();

/** A turn of the session's workflow. */
async function happened(...events: SessionEvent[]): Promise<void> {
  version += 1;
  for (const [n, event] of events.entries())
    await sql`insert into session_event (session_id, version, n, type, at, event) values (${id},
      ${version}, ${n + 1}, ${event.type}, ${new Date(event.at)}, ${JSON.stringify(event)})`.execute(
      database.db,
    );
}

type Side = { type: 'label_added' | 'label_removed' | 'note' | 'moderation'; by?: AgentId };

async function beside({ type, by = an }: Side, minutes: number, detail: object): Promise<void> {
  await database.db
    .insertInto('side_event')
    .values({
      id: newId<string>(),
      session_id: id,
      at: at(minutes),
      agent_id: by,
      type,
      detail: JSON.stringify(detail),
    })
    .execute();
}

async function aLabel(name: string): Promise<LabelId> {
  const label = newId<LabelId>();
  await database.db
    .insertInto('label')
    .values({ id: label, name, color: '#000000', position: 1 })
    .execute();
  return label;
}

type Page = { entries: Wire<HistoryEntry>[]; cursor: string | null };

async function history(query = '', caller = asAn): Promise<Page> {
  const answer = await caller({ url: `/api/sessions/${id}/history${query}` });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

const types = ({ entries }: Page) => entries.map(({ type }) => type);

const assigned = (minutes: number, no = 1): SessionEvent => ({
  type: 'Assigned',
  at: when(minutes),
  no,
  agent: an,
  how: 'automatic',
  by: null,
  from: null,
});
const opened = (minutes: number): SessionEvent => ({
  type: 'Opened',
  at: when(minutes),
  round: 1,
  cause: 'customer',
  by: null,
});

describe('the history of a session (R22)', () => {
  it('shows labels, notes and moderation among the assignments, newest first', async () => {
    const label = await aLabel('Đổi trả');
    const note = await aMessage(database.db, {
      session: id,
      channel: page,
      seq: 1,
      direction: 'note',
      text: 'Khách quen',
    });
    const comment = await aMessage(database.db, { session: id, channel: page, seq: 2 });
    await happened(opened(0), assigned(1));
    await beside({ type: 'label_added' }, 2, { label, name: 'Đổi trả' });
    await beside({ type: 'note', by: binh }, 3, { message: note });
    await happened({ type: 'Unassigned', at: when(4), from: an, cause: 'by hand', by: binh });
    await beside({ type: 'moderation' }, 5, { message: comment, action: 'hide' });
    await beside({ type: 'label_removed', by: binh }, 6, { label, name: 'Đổi trả' });
    const told = await history();
    expect(told.cursor).toBe(null);
    expect(told.entries).toMatchObject([
      { type: 'label_removed', label: { id: label, name: 'Đổi trả' }, by: { name: 'Bình' } },
      { type: 'moderation', how: 'hide', messageId: comment, note: null },
      { type: 'unassigned', from: { name: 'An' }, by: { name: 'Bình' }, how: 'by hand' },
      { type: 'note', note: 'Khách quen', messageId: note, by: { name: 'Bình' } },
      { type: 'label_added', label: { name: 'Đổi trả' }, by: { name: 'An' } },
      { type: 'assigned', agent: { name: 'An' } },
      { type: 'opened' },
    ]);
    expect(told.entries[0]?.at).toBe(at(6).toISOString());
  });

  it('is one order over all pages, whatever their length, and what comes meanwhile does not shift it', async () => {
    for (let n = 0; n < 8; n += 1) {
      await happened(opened(10 * n), assigned(10 * n + 1, n + 1));
      await beside({ type: 'label_added' }, 10 * n + 1, { label: 'gone', name: `${n}` });
      if (n % 3 === 0) await beside({ type: 'moderation' }, 10 * n + 5, { action: 'like' });
    }
    for (const limit of [1, 4, 26]) {
      const all = (await history('?limit=200')).entries;
      expect(all.length).toBeGreaterThanOrEqual(27);
      const read: Page['entries'] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const next: Page = await history(`?limit=${limit}${cursor && `&cursor=${cursor}`}`);
        expect(next.entries.length).toBeLessThanOrEqual(limit);
        read.push(...next.entries);
        ({ cursor } = next);
        await happened(opened(1_000));
        await beside({ type: 'label_added' }, 1_001, { label: 'gone', name: 'later' });
      }
      expect(read).toEqual(all);
    }
  });

  it('keeps the order in which it was decided, though a clock that was wrong says otherwise', async () => {
    await happened(opened(5), assigned(4));
    await happened({
      type: 'MarkedDone',
      at: when(3),
      cause: 'agent',
      by: an,
      closingText: 'none',
    });
    await beside({ type: 'moderation' }, 6, { action: 'hide' });
    expect(types(await history())).toEqual(['moderation', 'done', 'assigned', 'opened']);
  });

  it('tells of supporters, snoozing, and why somebody was not or no longer in charge', async () => {
    const by = an;
    await happened(
      {
        type: 'SupportersChanged',
        at: when(1),
        supporters: [binh],
        added: [binh],
        removed: [],
        cause: 'by hand',
        by,
      },
      { type: 'Snoozed', at: when(2), until: when(60), by },
      { type: 'Woken', at: when(60), since: when(60), cause: 'time', by: null },
      { type: 'Unassigned', at: when(61), from: an, cause: 'shift ended', by: null },
      { type: 'NotAssigned', at: when(62), no: 1, how: 'automatic', cause: 'responsible left' },
      {
        type: 'NotAssigned',
        at: when(63),
        no: 2,
        how: 'automatic',
        cause: 'behind others in line',
      },
      { type: 'MarkedDone', at: when(70), cause: 'removed', by: null, closingText: 'none' },
      { type: 'MarkedDone', at: when(71), cause: 'clock', by: null, closingText: 'skipped' },
    );
    expect((await history()).entries.toReversed()).toMatchObject([
      { type: 'supporters', added: [{ name: 'Bình' }], removed: [], by: { name: 'An' } },
      { type: 'snoozed', until: at(60).toISOString(), by: { name: 'An' } },
      { type: 'woken', how: 'time', by: null },
      { type: 'unassigned', how: 'shift ended', from: { name: 'An' } },
      { type: 'not_assigned', how: 'responsible left' },
      { type: 'not_assigned', how: 'behind others in line' },
      { type: 'done', how: 'removed', closingText: 'none' },
      { type: 'done', how: 'clock', closingText: 'skipped' },
    ]);
  });

  it('names the keyword and the group that decided (R9, R34)', async () => {
    const group = newId<GroupId>();
    await database.db.insertInto('team_group').values({ id: group, name: 'Kỹ thuật' }).execute();
    await happened(assigned(1));
    await database.db
      .insertInto('assignment')
      .values({
        session_id: id,
        no: 1,
        at: at(1),
        how: 'manual',
        agent_id: an,
        from_id: null,
        by_id: binh,
        trace: JSON.stringify({
          steps: [
            {
              rule: 'keyword',
              result: 'nobody',
              candidates: [],
              about: 'bảo hành',
              target: group,
            },
            {
              rule: 'by hand',
              result: an,
              candidates: [{ agent: an, taken: true, why: 'next in turn' }],
              about: group,
            },
          ],
          cursor: { before: null, after: an },
        }),
      })
      .execute();
    expect((await history()).entries[0]?.why).toEqual([
      {
        rule: 'keyword',
        result: 'nobody',
        about: 'bảo hành',
        target: 'Kỹ thuật',
        candidates: [],
      },
      {
        rule: 'by hand',
        result: 'An',
        about: 'Kỹ thuật',
        target: null,
        candidates: [{ agent: { id: an, name: 'An' }, taken: true, why: 'next in turn' }],
      },
    ]);
  });

  it('names a label as it was called then', async () => {
    const label = await aLabel('Hỏi giá');
    await beside({ type: 'label_added' }, 1, { label, name: 'Giá' });
    await beside({ type: 'label_added' }, 2, { label: 'gone', name: 'Cũ' });
    await beside({ type: 'label_added' }, 3, { label });
    const names = (await history()).entries.map((entry) => entry.label?.name);
    expect(names).toEqual(['Hỏi giá', 'Cũ', 'Giá']);
  });

  it('does not show what a removed note said', async () => {
    const note = await aMessage(database.db, {
      session: id,
      channel: page,
      seq: 1,
      direction: 'note',
      text: 'secret',
      removed_at: new Date(),
    });
    await beside({ type: 'note' }, 1, { message: note });
    expect((await history()).entries).toMatchObject([{ type: 'note', note: null }]);
  });

  describe('R11: that an assignment made somebody the customer’s owner', () => {
    const customerOf = async (session: SessionId) =>
      (
        await database.db
          .selectFrom('session')
          .select('customer_id')
          .where('id', '=', session)
          .executeTakeFirstOrThrow()
      ).customer_id;
    const gives = async (session: SessionId, owner: AgentId) => {
      const customer = await customerOf(session);
      await database.db
        .transaction()
        .execute((trx) => setOwner(trx, customer, { owner, by: null, session, assignment: 1 }));
    };

    it('is told, of this session only', async () => {
      await gives(await aSessionRow(database.db, { channel: page }), binh);
      const customer_id = await customerOf(id);
      const other = await aSessionRow(database.db, { channel: page, kind: 'comment', customer_id });
      await gives(other, binh);
      expect(types(await history())).toEqual([]);
      await gives(id, an);
      expect((await history()).entries).toMatchObject([
        { type: 'owner_changed', agent: { name: 'An' }, from: { name: 'Bình' }, by: null },
      ]);
    });

    it('is told of a customer who is joined with another, and of one who is not any more', async () => {
      const { db } = database;
      const other = await customerOf(await aSessionRow(db, { channel: page }));
      const joined = (merged_into: CustomerId | null) =>
        db
          .updateTable('customer')
          .set({ merged_into })
          .where('id', '=', sql<CustomerId>`(select customer_id from session where id = ${id})`)
          .execute();
      await joined(other);
      await gives(id, an);
      expect(types(await history())).toEqual(['owner_changed']);
      await joined(null);
      expect(types(await history())).toEqual(['owner_changed']);
    });
  });

  it('is shown to who may view the session, and to nobody else (R23)', async () => {
    await happened(opened(0));
    const statusFor = async (caller: Caller) =>
      (await caller({ url: `/api/sessions/${id}/history` })).statusCode;
    expect(await statusFor(asAn)).toBe(200);
    expect(await statusFor(asBinh)).toBe(404);
    expect(await statusFor(asStranger)).toBe(404);
  });

  it.each(['x', Buffer.from('[1,2]').toString('base64url')])(
    'refuses a cursor that is not its own: %s',
    async (cursor) => {
      const answer = await asAn({ url: `/api/sessions/${id}/history?cursor=${cursor}` });
      expect(answer.json()).toMatchObject({ error: { code: 'INVALID', field: 'cursor' } });
    },
  );
});
