import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#db/ids.ts';
import type { LabelId, SessionId } from '#domain/ids.ts';
import { HOUR } from '#domain/instant.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { NEW_SESSION, type Session } from '#domain/session/session.ts';
import { clocks } from '#test/support/session-builders.ts';
import { aTeam } from '#test/support/team.ts';
import {
  aChannel,
  aMessage,
  anAgent,
  aSessionRow,
  type SessionOptions,
} from '#test/support/workspace.ts';

const { database, api, an, binh, page, asAn, close } = await aTeam();
const otherPage = await aChannel(database.db, { team: [binh] });
const asOwner = await api.as(await anAgent(database.db, { role: 'owner' }));
afterAll(close);
beforeEach(async () => {
  await database.db.deleteFrom('session').execute();
});

/** Minutes after a fixed morning. */
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 8, minutes));
const session = (customer: string, options: Partial<SessionOptions> = {}) =>
  aSessionRow(database.db, { channel: page, customer, ...options });

async function names(url: string, caller = asAn): Promise<string[]> {
  const answer = await caller({ url });
  expect(answer.statusCode).toBe(200);
  return answer.json().sessions.map((row: { customer: { name: string } }) => row.customer.name);
}

describe('the list', () => {
  it('shows what is open, newest activity first, and nobody else’s', async () => {
    await session('old', { last_message_at: at(1) });
    await session('new', { last_message_at: at(9), assignee_id: an });
    await session('of Bình', { last_message_at: at(5), assignee_id: binh });
    await session('done', { last_message_at: at(7), status: 'done' });
    await session('closing', { last_message_at: at(6), status: 'closing' });
    await session('on another page', { channel: otherPage, last_message_at: at(8) });
    expect(await names('/api/sessions')).toEqual(['new', 'closing', 'old']);
    expect(await names('/api/sessions', asOwner)).toEqual([
      'new',
      'on another page',
      'closing',
      'of Bình',
      'old',
    ]);
  });

  it('shows a Done session to which the customer has written, before its workflow knows', async () => {
    await session('back', { status: 'done', start_seq: 4, applied_seq: 3 });
    await session('done', { status: 'done', start_seq: 3, applied_seq: 3 });
    expect(await names('/api/sessions')).toEqual(['back']);
    expect(await names('/api/sessions?view=unassigned')).toEqual(['back']);
    expect(await names('/api/sessions?view=done')).toEqual(['done']);
    const rows = (await asAn({ url: '/api/sessions' })).json().sessions;
    expect(rows).toMatchObject([{ status: 'done', waking: true }]);
  });

  it('R20: and with who was in charge when it was closed, filtered by them', async () => {
    await session('back', { status: 'done', start_seq: 4, applied_seq: 3, assignee_id: an });
    for (const view of ['main', 'all'])
      expect(await names(`/api/sessions?view=${view}&assignee=${an}`)).toEqual(['back']);
    expect(await names(`/api/sessions?view=mine&assignee=${an}`)).toEqual(
      await names('/api/sessions?view=mine'),
    );
  });

  it('gives the unassigned by how long they wait, those who wait for nothing last', async () => {
    await session('short', { waiting_since: at(9) });
    await session('answered', { waiting_since: null });
    await session('long', { waiting_since: at(1) });
    await session('assigned', { waiting_since: at(0), assignee_id: an });
    expect(await names('/api/sessions?view=unassigned')).toEqual(['long', 'short', 'answered']);
  });

  it('gives the overdue with the most late first', async () => {
    await session('a little', { assignee_id: an, overdue_at: at(9), due_at: at(9) });
    await session('very', { assignee_id: an, overdue_at: at(1), due_at: at(1) });
    await session('not', { assignee_id: an, due_at: at(30) });
    await session('done', { status: 'done', overdue_at: at(0) });
    expect(await names('/api/sessions?view=overdue')).toEqual(['very', 'a little']);
  });

  it('is filtered by channel, kind, assignee and “mine”', async () => {
    await session('mine', { assignee_id: an, last_message_at: at(3) });
    await session('comment', { kind: 'comment', last_message_at: at(2) });
    await session('elsewhere', { channel: otherPage, last_message_at: at(1) });
    expect(await names('/api/sessions?view=mine')).toEqual(['mine']);
    expect(await names('/api/sessions?kind=comment')).toEqual(['comment']);
    expect(await names(`/api/sessions?assignee=${an}`, asOwner)).toEqual(['mine']);
    expect(await names(`/api/sessions?channel=${otherPage}`, asOwner)).toEqual(['elsewhere']);
    expect(await names(`/api/sessions?channel=${otherPage}`)).toEqual([]);
  });

  it.each([
    [
      'main',
      (n: number) => ({
        last_message_at: sql<Date>`${at(0)}::timestamptz + ${n} * interval '1 microsecond'`,
      }),
    ],
    ['unassigned', (n: number) => ({ waiting_since: n < 8 ? at(Math.floor(n / 3)) : null })],
    ['done', () => ({ status: 'done' as const, last_message_at: at(0) })],
    ['overdue', (n: number) => ({ overdue_at: at(Math.floor(n / 2)) })],
  ])('of the view %s comes in pages without a gap or a repetition', async (view, columns) => {
    for (let n = 0; n < 11; n += 1) await session(`${n}`, columns(n) as Partial<SessionOptions>);
    const whole = await names(`/api/sessions?view=${view}`);
    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await asAn({
        url: `/api/sessions?view=${view}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
      });
      const body = answer.json();
      expect(body.sessions.length).toBeLessThanOrEqual(3);
      paged.push(...body.sessions.map((row: { customer: { name: string } }) => row.customer.name));
      cursor = body.cursor;
    }
    expect(new Set(whole).size).toBe(11);
    expect(paged).toEqual(whole);
  });

  it.each([
    ['cursor=nonsense', 'cursor'],
    [`cursor=${Buffer.from('["2026-11-22",1]').toString('base64url')}`, 'cursor'],
    ['view=everything', 'view'],
    ['limit=0', 'limit'],
    ['channel=a%00b', 'channel'],
    ['kind=letter', 'kind'],
  ])('refuses %s by its field', async (query, field) => {
    const answer = await asAn({ url: `/api/sessions?${query}` });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field });
  });

  it('refuses a filter that it does not know, instead of showing everything', async () => {
    expect((await asAn({ url: '/api/sessions?colour=red' })).statusCode).toBe(400);
  });
});

describe('the counters', () => {
  it('count what their views list, to this person', async () => {
    await session('mine', { assignee_id: an, overdue_at: at(1) });
    await session('open');
    await session('of Bình', { assignee_id: binh });
    expect((await asAn({ url: '/api/sessions/counts' })).json()).toEqual({
      main: 2,
      unassigned: 1,
      mine: 1,
      supporting: 0,
      unread: 0,
      overdue: 1,
      snoozed: 0,
      done: 0,
      menu: { message: 0, comment: 0 },
    });
  });

  it('R18: count what their views list through each filter', async () => {
    const { db } = database;
    const label = newId<LabelId>();
    await db
      .insertInto('label')
      .values({ id: label, name: 'VIP', color: '#64748b', position: 0 })
      .execute();
    const closing = new Date(Date.now() - 23 * HOUR);
    const wanted = await session('wanted', {
      ...{ kind: 'comment', assignee_id: an, post_id: 'post', last_message_at: at(5) },
    });
    const told = await session('told a number', { last_message_at: at(9), window_from: closing });
    await session('other', { last_message_at: at(9) });
    await db.insertInto('session_label').values({ session_id: wanted, label_id: label }).execute();
    await sql`insert into customer_contact (customer_id, kind, value)
      select customer_id, 'phone', '+84912345678' from session where id = ${told}`.execute(db);
    const filters = [
      `label=${label}`,
      `assignee=${an}`,
      'post=post',
      `from=${at(1).toISOString()}&to=${at(6).toISOString()}`,
      'hasPhone=true',
      'closing=true',
    ];
    for (const filter of filters) {
      const counts = (await asAn({ url: `/api/sessions/counts?${filter}` })).json();
      for (const view of ['main', 'mine', 'unassigned'])
        expect([filter, view, counts[view]]).toEqual([
          filter,
          view,
          (await names(`/api/sessions?view=${view}&${filter}`)).length,
        ]);
      expect(counts.main).toBe(1);
    }
  });
});

describe('one session', () => {
  it('tells its clocks, its window and where its workflow is', async () => {
    const state = [
      { type: 'PolicyChanged', at: 0, policy: clocks({ reassign: 10, deadline: 30, warn: 5 }) },
      { type: 'Opened', at: at(0).getTime(), round: 1, cause: 'customer', by: null },
      { type: 'WaitStarted', at: at(0).getTime(), no: 1, unanswered: [[1, at(0).getTime()]] },
      {
        type: 'Assigned',
        at: at(0).getTime(),
        no: 1,
        agent: an,
        how: 'automatic',
        by: null,
        from: null,
      },
    ].reduce<Session>((before, event) => evolve(before, event as SessionEvent), NEW_SESSION);
    const id = await session('Lan', {
      assignee_id: an,
      state: JSON.stringify(state),
      window_from: at(0),
      round: 1,
    });
    const answer = (await asAn({ url: `/api/sessions/${id}` })).json();
    expect(answer).toMatchObject({
      id,
      access: 'act',
      assignee: { id: an, name: 'An' },
      round: 1,
      clocks: [
        { clock: 'reassign', dueAt: at(10).toISOString() },
        { clock: 'warning', dueAt: at(25).toISOString() },
        { clock: 'overdue', dueAt: at(30).toISOString() },
      ],
      clocksHeld: false,
      windowOpenUntil: new Date(at(0).getTime() + 24 * 3_600_000).toISOString(),
      workflow: { id: `session/${page}/${id}` },
    });
    expect(answer.workflow.url).toBe(
      `http://127.0.0.1:8233/namespaces/default/workflows/session%2F${page}%2F${id}`,
    );
  });

  it('that nobody has ever written to has no window and no clocks', async () => {
    const id = await session('Lan', { window_from: null });
    const answer = (await asAn({ url: `/api/sessions/${id}` })).json();
    expect(answer).toMatchObject({ windowOpenUntil: null, clocks: [], closedBy: null });
  });
});

describe('the thread', () => {
  let id: SessionId;
  beforeEach(async () => (id = await session('Lan')));
  const thread = async (query = '') =>
    (await asAn({ url: `/api/sessions/${id}/messages${query}` })).json();

  it('comes newest page first, each page oldest first', async () => {
    for (let seq = 1; seq <= 5; seq += 1)
      await aMessage(database.db, { session: id, channel: page, seq, text: `${seq}` });
    const texts = (body: { messages: { text: string }[] }) => body.messages.map(({ text }) => text);
    const first = await thread('?limit=2');
    expect([texts(first), first.seenSeq]).toEqual([['4', '5'], 5]);
    const second = await thread(`?limit=2&cursor=${first.cursor}`);
    expect(texts(second)).toEqual(['2', '3']);
    const last = await thread(`?limit=2&cursor=${second.cursor}`);
    expect([texts(last), last.cursor]).toEqual([['1'], null]);
  });

  it('shows that something was removed, but not what', async () => {
    await aMessage(database.db, {
      session: id,
      channel: page,
      seq: 1,
      text: 'secret',
      attachments: JSON.stringify([{ kind: 'image', url: 'https://x', title: null }]),
      removed_at: new Date(),
    });
    const body = await thread();
    expect(body.messages).toMatchObject([{ removed: true, text: null, attachments: [] }]);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('says why a message was not sent, in words', async () => {
    const failed = {
      state: 'failed' as const,
      direction: 'out' as const,
      author: 'agent' as const,
    };
    for (const [index, failure] of ['outside_window', 'something_new'].entries())
      await aMessage(database.db, {
        session: id,
        channel: page,
        seq: index + 1,
        ...failed,
        failure,
      });
    const { messages } = await thread();
    expect(messages[0].failure).toEqual({
      code: 'outside_window',
      message: "The platform's messaging window was closed.",
    });
    expect(messages[1].failure.message).toContain('something_new');
  });

  it('says when something arrived late', async () => {
    const occurred = new Date(Date.now() - 121_000);
    await aMessage(database.db, { session: id, channel: page, seq: 1, occurred_at: occurred });
    await aMessage(database.db, { session: id, channel: page, seq: 2, edit_no: 1 });
    expect((await thread()).messages).toMatchObject([
      { arrivedLate: true, edited: false },
      { arrivedLate: false, edited: true },
    ]);
  });

  it('of a session without messages is empty', async () => {
    expect(await thread()).toEqual({ messages: [], cursor: null, seenSeq: 0 });
  });
});

describe('the history', () => {
  it('tells who did what, when and why, newest first, and leaves the machinery out', async () => {
    const id = await session('Lan');
    const when = at(0).getTime();
    const trace = {
      steps: [
        {
          rule: 'sequential',
          result: an,
          candidates: [
            { agent: an, taken: true, why: 'next in turn' },
            { agent: binh, taken: false, why: 'later in turn' },
          ],
        },
      ],
      cursor: { before: null, after: an },
    };
    const events = [
      { type: 'Opened', at: when, round: 1, cause: 'customer', by: null },
      { type: 'MessageReceived', at: when, seq: 1, messageId: 'm' },
      { type: 'Assigned', at: when, no: 1, agent: an, how: 'automatic', by: null, from: null },
      { type: 'MarkedDone', at: when, cause: 'agent', by: an, closingText: 'none' },
    ];
    for (const [n, event] of events.entries())
      await sql`insert into session_event (session_id, version, n, type, at, event)
        values (${id}, 1, ${n}, ${event.type}, ${at(0)}, ${JSON.stringify(event)})`.execute(
        database.db,
      );
    await database.db
      .insertInto('assignment')
      .values({
        session_id: id,
        no: 1,
        at: at(0),
        how: 'automatic',
        agent_id: an,
        from_id: null,
        by_id: null,
        trace: JSON.stringify(trace),
        note_id: await aMessage(database.db, {
          session: id,
          channel: page,
          seq: 1,
          direction: 'note',
          text: 'Nhờ bạn nhé',
        }),
      })
      .execute();
    const first = (await asAn({ url: `/api/sessions/${id}/history?limit=2` })).json();
    expect(first.entries).toMatchObject([
      { type: 'done', by: { name: 'An' }, how: 'agent', note: null, why: [] },
      {
        type: 'assigned',
        note: 'Nhờ bạn nhé',
        agent: { name: 'An' },
        how: 'automatic',
        why: [
          {
            rule: 'sequential',
            result: 'An',
            candidates: [
              { agent: { name: 'An' }, taken: true, why: 'next in turn' },
              { agent: { name: 'Bình' }, taken: false, why: 'later in turn' },
            ],
          },
        ],
      },
    ]);
    const rest = (
      await asAn({ url: `/api/sessions/${id}/history?limit=2&cursor=${first.cursor}` })
    ).json();
    expect(rest).toMatchObject({ entries: [{ type: 'opened', how: 'customer' }], cursor: null });
  });
});
