import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Explanation } from '#contracts/explain.ts';
import { newId } from '#db/ids.ts';
import type { AgentId, ChannelId, MessageId, SessionId } from '#domain/ids.ts';
import { HOUR, MINUTE } from '#domain/instant.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, NEW_SESSION } from '#domain/session/session.ts';
import type { Wire } from '#lib/state/wire.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import {
  aChannel,
  aMessage,
  anAgent,
  aSessionRow,
  aWorkspace,
  type SessionOptions,
} from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let an: AgentId;
let binh: AgentId;
let page: ChannelId;
let asAn: Caller;
let asBinh: Caller;
let asStranger: Caller;

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
  await database.db.deleteFrom('session').execute();
});

const START = Math.floor(Date.now() / MINUTE) * MINUTE - HOUR;
const minute = (minutes: number) => START + minutes * MINUTE;
const iso = (minutes: number) => new Date(minute(minutes)).toISOString();

const clock = (minutes: number, businessHours = false) => ({
  on: true,
  afterMs: minutes * MINUTE,
  businessHours,
});
const policy = (businessHours = false): SessionEvent => ({
  type: 'PolicyChanged',
  at: minute(0),
  policy: {
    version: 1,
    autoClose: { ...clock(30), on: false },
    reassign: clock(200),
    deadline: { ...clock(300, businessHours), warnBeforeMs: 5 * MINUTE },
    // Open the day before and the day after, not now.
    hours: businessHours
      ? {
          open: [
            [START - 30 * HOUR, START - 20 * HOUR],
            [START + 20 * HOUR, START + 30 * HOUR],
          ],
          until: START + 1_000 * HOUR,
        }
      : null,
  },
});

const wrote = (minutes: number): SessionEvent[] => [
  { type: 'Opened', at: minute(minutes), round: 1, cause: 'customer', by: null },
  { type: 'WaitStarted', at: minute(minutes), no: 1, unanswered: [[1, minute(minutes)]] },
];
const assigned = (agent: AgentId, minutes: number, no = 1): SessionEvent => ({
  type: 'Assigned',
  at: minute(minutes),
  no,
  agent,
  how: 'automatic',
  by: null,
  from: null,
});
const reply = (minutes: number, messageId: MessageId): SessionEvent => ({
  type: 'ReplyQueued',
  at: minute(minutes),
  messageId,
  seq: 2,
  agent: an,
  retry: false,
});

const date = (at: number | null): Date | null => (at === null ? null : new Date(at));

/** Wrote, and nobody could be found. */
const inLine = (minutes: number): SessionEvent[] => [
  ...wrote(minutes),
  { type: 'NotAssigned', at: minute(minutes), no: 1, how: 'automatic', cause: 'nobody qualifies' },
];

/** A session as its events made it, committed so. */
async function told(events: SessionEvent[], columns: Partial<SessionOptions> = {}) {
  const { db } = database;
  const state = { ...events.reduce(evolve, NEW_SESSION), lastSeq: 1 };
  const assignee = state.status === 'done' ? null : state.assignee;
  const id = await aSessionRow(db, {
    channel: page,
    status: state.status,
    assignee_id: assignee,
    state: JSON.stringify(state),
    applied_seq: 1,
    in_line_since: date(isOpen(state) ? state.inLineSince : null),
    snoozed_until: date(isOpen(state) ? state.snoozedUntil : null),
    ...columns,
  });
  await db
    .updateTable('session_queue')
    .set({ last_seq: 1, delivered_seq: 1 })
    .where('session_id', '=', id)
    .execute();
  for (const [n, event] of events.entries())
    await sql`insert into session_event (session_id, version, n, type, at, event) values (${id}, 1, ${n + 1},
      ${event.type}, ${new Date(event.at)}, ${JSON.stringify(event)})`.execute(db);
  return id;
}

async function decided(session: SessionId, no: number, agent: AgentId | null): Promise<void> {
  const trace = {
    steps: [
      {
        rule: 'sequential',
        result: agent ?? 'nobody',
        candidates: [
          { agent: an, taken: agent === an, why: agent === an ? 'next in turn' : 'offline' },
          { agent: binh, taken: false, why: 'has no place free' },
        ],
      },
    ],
    cursor: { before: null, after: agent },
  };
  await database.db
    .insertInto('assignment')
    .values({
      session_id: session,
      no,
      at: new Date(minute(no)),
      how: 'automatic',
      agent_id: agent,
      from_id: null,
      by_id: null,
      trace: JSON.stringify(trace),
    })
    .execute();
}

async function explained(id: SessionId, caller = asAn): Promise<Wire<Explanation>> {
  const answer = await caller({ url: `/api/sessions/${id}/explain` });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

describe('a session is explained (R10, R47)', () => {
  it('says who is in charge, and how the rules came to it', async () => {
    const id = await told([policy(), ...wrote(0), assigned(an, 1)]);
    await decided(id, 1, an);
    const answer = await explained(id);
    expect(answer).toMatchObject({
      id,
      status: 'open',
      round: 1,
      inCharge: { id: an, name: 'An' },
      supporters: [],
      lastFruitless: null,
      line: null,
      waitingSince: iso(0),
      lastAssignment: {
        no: 1,
        how: 'automatic',
        agent: { name: 'An' },
        why: [
          {
            rule: 'sequential',
            result: 'An',
            candidates: [
              { agent: { name: 'An' }, taken: true, why: 'next in turn' },
              { agent: { name: 'Bình' }, taken: false, why: 'has no place free' },
            ],
          },
        ],
      },
    });
    expect(answer.workflow.id).toBe(`session/${page}/${id}`);
    expect(answer.text).toContain(`In charge: ${an}`);
  });

  it('says why nobody is, and how many wait before it in the line (R48)', async () => {
    await told(inLine(1));
    await told(inLine(2));
    await told(inLine(0), { kind: 'comment' });
    await told(inLine(0), { channel: await aChannel(database.db) });
    await told([...inLine(0), { type: 'Snoozed', at: minute(1), until: minute(90), by: an }]);
    const id = await told(inLine(3));
    await told(inLine(4));
    await decided(id, 1, null);
    expect(await explained(id)).toMatchObject({
      inCharge: null,
      lastAssignment: null,
      lastFruitless: {
        agent: null,
        why: [{ result: 'nobody', candidates: [{ why: 'offline' }, { why: 'has no place free' }] }],
      },
      line: { since: iso(3), before: 2, isMoving: true },
    });
  });

  it('R59: a snoozed session stands in no line; R5: while distribution is off the line stands still', async () => {
    const asleep = { type: 'Snoozed', at: minute(1), until: minute(90), by: an } as const;
    expect(await explained(await told([...inLine(0), asleep]))).toMatchObject({ line: null });
    const channel = await aChannel(database.db, { team: [an] });
    await database.db
      .updateTable('channel')
      .set({ distribution: false })
      .where('id', '=', channel)
      .execute();
    const id = await told(inLine(3), { channel });
    expect(await explained(id)).toMatchObject({
      line: { since: iso(3), before: 0, isMoving: false },
    });
  });

  it('still names who had it last, when it is nobody’s or a later try found nobody', async () => {
    const id = await told([...wrote(0), assigned(binh, 1)], { assignee_id: null });
    await decided(id, 1, an);
    await decided(id, 2, null);
    expect(await explained(id)).toMatchObject({
      lastAssignment: { no: 1, agent: { name: 'An' } },
      lastFruitless: { no: 2, agent: null },
    });
  });

  it('shows the running clocks, when they fall due and what happens then', async () => {
    const id = await told([policy(), ...wrote(0), assigned(an, 1)]);
    expect(await explained(id)).toMatchObject({
      clocks: [
        { clock: 'reassign', dueAt: iso(201), effect: 'goes to another agent' },
        { clock: 'warning', dueAt: iso(296), effect: 'is about to be overdue' },
        { clock: 'overdue', dueAt: iso(301), effect: 'is overdue' },
      ],
      held: [],
    });
  });

  it('says that a reply on its way holds the clocks, and what is on its way', async () => {
    const messageId = newId<MessageId>();
    const id = await told([policy(), ...wrote(0), assigned(an, 1), reply(2, messageId)]);
    expect(await explained(id)).toMatchObject({
      clocks: [],
      held: [
        { clock: 'reassign', why: 'sending' },
        { clock: 'warning', why: 'sending' },
        { clock: 'overdue', why: 'sending' },
      ],
      sends: [
        {
          messageId,
          purpose: 'reply',
          by: { name: 'An' },
          sentAt: iso(2),
          attempt: 0,
          phase: 'queued',
          nextAt: iso(2),
        },
      ],
    });
  });

  it('says which message a person has to decide about', async () => {
    const messageId = newId<MessageId>();
    const id = await told([
      ...wrote(0),
      assigned(an, 1),
      reply(2, messageId),
      { type: 'SendUnconfirmed', at: minute(3), messageId },
    ]);
    expect(await explained(id)).toMatchObject({
      sends: [],
      unsent: [{ messageId, how: 'unconfirmed' }],
    });
  });

  it('says that a snoozed session’s clocks stand still, and when it comes back (R59)', async () => {
    const id = await told([
      policy(),
      ...wrote(0),
      assigned(an, 1),
      { type: 'Snoozed', at: minute(2), until: minute(500), by: an },
    ]);
    expect(await explained(id)).toMatchObject({
      snoozedUntil: iso(500),
      clocks: [{ clock: 'wake', dueAt: iso(500) }],
      held: [{ clock: 'reassign', why: 'snoozed' }, { why: 'snoozed' }, { why: 'snoozed' }],
    });
  });

  it('says which clocks wait for the business hours (R46)', async () => {
    const id = await told([policy(true), ...wrote(0), assigned(an, 1)]);
    const answer = await explained(id);
    expect(answer.held).toEqual([
      { clock: 'warning', why: 'outside business hours' },
      { clock: 'overdue', why: 'outside business hours' },
    ]);
    expect(answer.clocks).toMatchObject([
      { clock: 'reassign', dueAt: iso(201) },
      { clock: 'warning', dueAt: iso(20 * 60 + 295) },
      { clock: 'overdue', dueAt: iso(20 * 60 + 300) },
    ]);
  });

  it('shows how far the workflow is behind its journal', async () => {
    const id = await told([...wrote(0), assigned(an, 1)]);
    expect((await explained(id)).journal).toMatchObject({ waiting: 0, waitingSince: null });
    const { db } = database;
    for (const seq of [2, 3])
      await db
        .insertInto('session_journal')
        .values({
          session_id: id,
          seq,
          kind: 'agent_available',
          at: new Date(minute(seq)),
          fact: '{}',
        })
        .execute();
    await db
      .updateTable('session_queue')
      .set({ last_seq: 3, delivered_seq: 2 })
      .where('session_id', '=', id)
      .execute();
    expect((await explained(id)).journal).toMatchObject({
      lastSeq: 3,
      deliveredSeq: 2,
      appliedSeq: 1,
      waiting: 2,
      waitingSince: iso(2),
    });
  });

  it('shows what the rules did beside it (R16)', async () => {
    const id = await told([...wrote(0), assigned(an, 1)]);
    const message = await aMessage(database.db, { session: id, channel: page, seq: 1 });
    const action = { session_id: id, message_id: message };
    await database.db
      .insertInto('automatic_action')
      .values([
        { id: newId(), ...action, type: 'hide', position: 2, trace: '{"rule":1}', text: null },
        {
          id: newId(),
          ...action,
          type: 'comment_reply',
          position: 1,
          text: 'Dạ',
          trace: '{}',
          state: 'failed',
          failure: 'blocked',
        },
      ])
      .execute();
    expect((await explained(id)).actions).toMatchObject([
      { type: 'comment_reply', state: 'failed', failure: 'blocked', text: 'Dạ' },
      { type: 'hide', state: 'decided', messageId: message, trace: { rule: 1 } },
    ]);
  });

  it('is explained when it is Done, and when nobody has ever opened it', async () => {
    const done = await told([
      ...wrote(0),
      assigned(an, 1),
      { type: 'MarkedDone', at: minute(5), cause: 'agent', by: an, closingText: 'none' },
    ]);
    await decided(done, 1, an);
    expect(await explained(done)).toMatchObject({
      status: 'done',
      inCharge: { id: an, name: 'An' },
      lastAssignment: { agent: { name: 'An' } },
      clocks: [],
      held: [],
    });
    const fresh = await aSessionRow(database.db, { channel: page, status: 'done' });
    expect(await explained(fresh)).toMatchObject({ status: 'done', round: 0, actions: [] });
  });

  it('is shown to who may view the session, and to nobody else (R23)', async () => {
    const id = await told([...wrote(0), assigned(an, 1)]);
    const statusFor = async (caller: Caller) =>
      (await caller({ url: `/api/sessions/${id}/explain` })).statusCode;
    expect(await statusFor(asAn)).toBe(200);
    expect(await statusFor(asBinh)).toBe(404);
    expect(await statusFor(asStranger)).toBe(404);
  });
});
