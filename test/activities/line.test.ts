import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  beat,
  beatProcess,
  endProcess,
  endShift,
  findGone,
  forgetPresence,
  readPresence,
  setAway,
} from '#db/presence.ts';
import { recordDepartures, tellDeparture } from '#db/departures.ts';
import { examineLines, isStirred } from '#db/line.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { TestInbox } from './inbox.ts';

let database: TestDatabase;
beforeAll(async () => (database = await testDatabase()));
afterAll(() => database.close());

/** A team of which only who is online gets anything, and nobody more than so many. */
async function inbox({ team = 1, capacity = null as number | null } = {}): Promise<TestInbox> {
  const at = await TestInbox.open(database.db, { team });
  const { db } = database;
  // Tests share the workspace, and each starts with nobody there.
  await sql`delete from presence`.execute(db);
  await sql`delete from api_process`.execute(db);
  await sql`delete from departure`.execute(db);
  await sql`update session set in_line_since = null, line_woken_at = null`.execute(db);
  await db
    .updateTable('workspace')
    .set({ capacity, hand_back_offline: false, presence_grace_seconds: 60 })
    .execute();
  await db
    .updateTable('channel')
    .set({ apply_to: 'online' })
    .where('id', '=', at.channel)
    .execute();
  return at;
}

/** As the API does it: examine, then let every session that was told take its turn. */
async function giveOut(at: TestInbox, sessions: readonly SessionId[]): Promise<void> {
  for (;;) {
    const { woken, more } = await examineLines(at.db);
    for (const session of sessions) await at.serve(session);
    if (woken === 0 && !more) return;
  }
}

const holdersOf = async (at: TestInbox, sessions: readonly SessionId[]) => {
  const holders: (AgentId | null)[] = [];
  for (const session of sessions) holders.push((await at.row(session)).assignee_id);
  return holders;
};

async function waiting(at: TestInbox, count: number): Promise<SessionId[]> {
  const sessions: SessionId[] = [];
  const start = Date.now() - count * 1_000;
  for (let n = 0; n < count; n += 1) {
    const session = await at.newSession(new Date(start + n * 1_000));
    await at.serve(session);
    sessions.push(session);
  }
  return sessions;
}

const who = (agents: readonly AgentId[], index: number): AgentId => {
  const agent = agents[index];
  if (agent === undefined) throw new Error('nobody there');
  return agent;
};

describe('R48: the waiting line', () => {
  test('an agent comes online: exactly as many as they have places, longest waiting first', async () => {
    const at = await inbox({ capacity: 3 });
    const [an] = [who(at.team, 0)];
    const sessions = await waiting(at, 5);
    expect(await holdersOf(at, sessions)).toEqual([null, null, null, null, null]);
    await giveOut(at, sessions);
    expect(await holdersOf(at, sessions)).toEqual([null, null, null, null, null]);

    await beat(at.db, 'api-1', [an]);
    expect(await isStirred(at.db)).toBe(true);
    await giveOut(at, sessions);
    expect(await holdersOf(at, sessions)).toEqual([an, an, an, null, null]);
  });

  test('a place frees: the next of the line gets it', async () => {
    const at = await inbox({ capacity: 1 });
    const an = who(at.team, 0);
    const sessions = await waiting(at, 3);
    await beat(at.db, 'api-1', [an]);
    await giveOut(at, sessions);
    const [first = '' as SessionId] = sessions;
    await at.asks(first, an, { type: 'done', seenSeq: 1 });
    await at.serve(first);
    expect(at.woken).toContain('line');
    await giveOut(at, sessions);
    expect(await holdersOf(at, sessions)).toEqual([an, an, null]);
    expect((await at.row(first)).status).toBe('done');
  });

  test('R59: a snoozed session takes no place', async () => {
    const at = await inbox({ capacity: 1 });
    const an = who(at.team, 0);
    const sessions = await waiting(at, 2);
    await beat(at.db, 'api-1', [an]);
    await giveOut(at, sessions);
    const [first = '' as SessionId] = sessions;
    await at.asks(first, an, { type: 'snooze', until: new Date(Date.now() + 3_600_000) });
    await at.serve(first);
    await giveOut(at, sessions);
    expect(await holdersOf(at, sessions)).toEqual([an, an]);
  });

  test('who comes new while others wait joins behind them', async () => {
    const at = await inbox({ capacity: 1 });
    const an = who(at.team, 0);
    const sessions = await waiting(at, 2);
    await beat(at.db, 'api-1', [an]);
    // Nobody has looked through the line yet: the place is free, and two are before the third.
    const late = await at.newSession();
    await at.serve(late);
    expect((await at.row(late)).in_line_since).not.toBeNull();
    const [assignment] = await at.assignments(late);
    expect(assignment?.trace.steps.map(({ rule }) => rule)).toEqual([
      'already responsible',
      'automatic distribution',
      'waiting line',
    ]);
    await giveOut(at, [...sessions, late]);
    expect(await holdersOf(at, [...sessions, late])).toEqual([an, null, null]);
  });

  test('R34: taken by hand, out of the line; its wake goes to nobody', async () => {
    const at = await inbox({ capacity: 1 });
    const an = who(at.team, 0);
    const sessions = await waiting(at, 2);
    await beat(at.db, 'api-1', [an]);
    const [first = '' as SessionId] = sessions;
    await examineLines(at.db);
    expect((await at.row(first)).line_woken_at).not.toBeNull();
    const boss = await at.hires({ role: 'owner', inTeam: false });
    await at.asks(first, boss, { type: 'take', from: null });
    // Both stand in the journal: the wake was first, so An has it, and the boss is told.
    await at.serve(first);
    expect((await at.row(first)).line_woken_at).toBeNull();
    await giveOut(at, sessions);
    expect((await at.row(first)).in_line_since).toBeNull();
  });

  test('R48: manual and R4 assignment may exceed the capacity', async () => {
    const at = await inbox({ capacity: 1 });
    const an = who(at.team, 0);
    await beat(at.db, 'api-1', [an]);
    const sessions = await waiting(at, 2);
    const [, second = '' as SessionId] = sessions;
    await at.asks(second, an, { type: 'take', from: null });
    await at.serve(second);
    expect(await holdersOf(at, sessions)).toEqual([an, an]);
  });

  test('R5: off, nobody is woken; switched on, what came meanwhile is given out, longest waiting first', async () => {
    const at = await inbox({ capacity: 2 });
    const an = who(at.team, 0);
    await beat(at.db, 'api-1', [an]);
    const set = (distribution: boolean) =>
      at.db.updateTable('channel').set({ distribution }).where('id', '=', at.channel).execute();
    await set(false);
    const sessions = await waiting(at, 4);
    await giveOut(at, sessions);
    expect(await holdersOf(at, sessions)).toEqual([null, null, null, null]);
    await set(true);
    // Who comes in this very moment stands behind them.
    const late = await at.newSession();
    await at.serve(late);
    await giveOut(at, [...sessions, late].reverse());
    expect(await holdersOf(at, [...sessions, late])).toEqual([an, an, null, null, null]);
  });

  test('R57 × R48: of what somebody leaves, the places of the others go to the longest waiting', async () => {
    const at = await inbox({ team: 2, capacity: null });
    const [an, binh] = [who(at.team, 0), who(at.team, 1)];
    await beat(at.db, 'api-1', [an]);
    const sessions = await waiting(at, 4);
    await giveOut(at, sessions);
    expect(await holdersOf(at, sessions)).toEqual([an, an, an, an]);
    await beat(at.db, 'api-1', [binh]);
    await at.db.updateTable('agent').set({ capacity: 2 }).where('id', '=', binh).execute();
    await at.db
      .updateTable('agent')
      .set({ disabled_at: new Date() })
      .where('id', '=', an)
      .execute();
    await at.db
      .transaction()
      .execute((trx) => recordDepartures(trx, [{ agent: an, channel: null, cause: 'left' }]));
    while (await tellDeparture(at.db));
    for (const session of [...sessions].reverse()) await at.serve(session);
    await giveOut(at, [...sessions].reverse());
    expect(await holdersOf(at, sessions)).toEqual([binh, binh, null, null]);
  });
});

describe('R58: presence', () => {
  const ago = (agent: AgentId, seconds: number) =>
    sql`update presence set seen_at = now() - ${seconds} * interval '1 second' where agent_id = ${agent}`.execute(
      database.db,
    );
  const upFor = async (seconds: number) => {
    await beatProcess(database.db, 'api-1');
    await sql`update api_process set started_at = now() - ${seconds} * interval '1 second'`.execute(
      database.db,
    );
  };

  test('a short drop of the connection moves nothing, a long one takes them offline', async () => {
    const at = await inbox();
    const an = who(at.team, 0);
    await upFor(300);
    await beat(at.db, 'api-1', [an]);
    await ago(an, 50);
    expect(await findGone(at.db)).toEqual([]);
    await ago(an, 61);
    expect(await findGone(at.db)).toEqual([an]);
    expect(await readPresence(at.db, an)).toEqual({ online: false, away: false });
  });

  test('R64: old presence is forgotten, but for how everybody stood when what is kept began', async () => {
    const at = await inbox();
    const an = who(at.team, 0);
    const flip = (daysAgo: number, online: boolean) => ({
      agent_id: an,
      at: new Date(Date.now() - daysAgo * 86_400_000),
      online,
      away: false,
    });
    await at.db
      .insertInto('presence_event')
      .values([flip(90, true), flip(60, false), flip(40, true), flip(10, false)])
      .execute();
    await forgetPresence(at.db, 35);
    const left = await at.db
      .selectFrom('presence_event')
      .select('online')
      .where('agent_id', '=', an)
      .orderBy('at')
      .execute();
    expect(left.map(({ online }) => online)).toEqual([true, false]);
  });

  test('our own downtime never looks like everyone leaving', async () => {
    const at = await inbox();
    const an = who(at.team, 0);
    await upFor(300);
    await beat(at.db, 'api-1', [an]);
    // The only API was away for three minutes and is back.
    await ago(an, 180);
    await sql`update api_process set seen_at = now() - interval '180 seconds'`.execute(at.db);
    expect(await findGone(at.db)).toEqual([]);
    await beatProcess(at.db, 'api-2');
    expect(await findGone(at.db)).toEqual([]);
    // The same process, stopped and gone on: its uptime begins anew.
    await sql`delete from api_process where id = 'api-2'`.execute(at.db);
    await beatProcess(at.db, 'api-1');
    expect(await findGone(at.db)).toEqual([]);
    await upFor(61);
    expect(await findGone(at.db)).toEqual([an]);
  });

  describe('of two API processes one stalls, with a grace time of 20 seconds', () => {
    /** An's browser is connected to `api-2`, from which nothing has been heard for so long. */
    async function stalled(seconds: number) {
      const at = await inbox();
      const an = who(at.team, 0);
      await at.db.updateTable('workspace').set({ presence_grace_seconds: 20 }).execute();
      await beatProcess(at.db, 'api-2');
      await upFor(300);
      await beat(at.db, 'api-2', [an]);
      const silentFor = async (time: number) => {
        await ago(an, time);
        await sql`update api_process set seen_at = now() - ${time} * interval '1 second' where id = 'api-2'`.execute(
          at.db,
        );
        await beatProcess(at.db, 'api-1');
      };
      await silentFor(seconds);
      return { at, an, silentFor };
    }

    test('who is connected to it is not taken for gone by the other', async () => {
      const { at, silentFor } = await stalled(21);
      expect(await findGone(at.db)).toEqual([]);
      await silentFor(64);
      expect(await findGone(at.db)).toEqual([]);
    });

    test('nor in the moment when it goes on and has not told yet who is there', async () => {
      const { at, an } = await stalled(25);
      await beatProcess(at.db, 'api-2');
      expect(await findGone(at.db)).toEqual([]);
      await beat(at.db, 'api-2', [an]);
      await upFor(300);
      expect(await findGone(at.db)).toEqual([]);
    });

    test('who is not there any more when it goes on is gone one grace time later', async () => {
      const { at, an } = await stalled(25);
      await beatProcess(at.db, 'api-2');
      await upFor(19);
      expect(await findGone(at.db)).toEqual([]);
      await beatProcess(at.db, 'api-2');
      await upFor(21);
      expect(await findGone(at.db)).toEqual([an]);
    });

    test('one that crashed keeps nobody for ever: after 45 seconds it is down, and then they have the grace time', async () => {
      const { at, an } = await stalled(66);
      expect(await findGone(at.db)).toEqual([an]);
    });

    test('one that ended in order keeps nobody', async () => {
      const { at, an } = await stalled(21);
      await endProcess(at.db, 'api-2');
      expect(await findGone(at.db)).toEqual([an]);
    });

    test('who has come to the other is judged by the other', async () => {
      const { at, an } = await stalled(10);
      await beat(at.db, 'api-1', [an]);
      await ago(an, 19);
      expect(await findGone(at.db)).toEqual([]);
      await ago(an, 21);
      expect(await findGone(at.db)).toEqual([an]);
    });
  });

  test('away on purpose: nothing new, and what they have stays', async () => {
    const at = await inbox({ team: 2 });
    const [an, binh] = [who(at.team, 0), who(at.team, 1)];
    await beat(at.db, 'api-1', [an, binh]);
    const [first = '' as SessionId] = await waiting(at, 1);
    expect((await at.row(first)).assignee_id).toBe(an);
    expect(await setAway(at.db, an, true)).toEqual({ online: false, away: true });
    await beat(at.db, 'api-1', [an]);
    expect((await readPresence(at.db, an)).online).toBe(false);
    const more = await waiting(at, 2);
    expect(await holdersOf(at, [first, ...more])).toEqual([an, binh, binh]);
    expect(await setAway(at.db, an, false)).toEqual({ online: true, away: false });
  });

  test('hand back when offline: what waits returns to the line', async () => {
    const at = await inbox({ team: 2 });
    const [an, binh] = [who(at.team, 0), who(at.team, 1)];
    await upFor(300);
    await at.db.updateTable('workspace').set({ hand_back_offline: true }).execute();
    await beat(at.db, 'api-1', [an]);
    const sessions = await waiting(at, 2);
    const [waits = '' as SessionId, answered = '' as SessionId] = sessions;
    await at.replies(answered, an);
    await at.appends(answered, {
      kind: 'foreign_message',
      messageId: 'm' as never,
      answer: true,
      sentAt: Date.now() + 1_000,
    });
    await at.serve(answered);
    await beat(at.db, 'api-1', [binh]);
    await ago(an, 90);
    expect(await findGone(at.db)).toEqual([an]);
    while (await tellDeparture(at.db));
    for (const session of sessions) await at.serve(session);
    expect(await holdersOf(at, [waits])).toEqual([binh]);
    const types = (await at.events(waits)).map(({ event }) =>
      event.type === 'Unassigned' ? event.cause : event.type,
    );
    expect(types).toContain('offline');
  });

  test('R58 × R8 × R48: the line passes over who handed it back until they are back, and gives their places to others', async () => {
    const at = await inbox({ team: 2, capacity: 1 });
    const [an, binh] = [who(at.team, 0), who(at.team, 1)];
    await upFor(300);
    await at.db.updateTable('workspace').set({ hand_back_offline: true }).execute();
    await at.db
      .updateTable('channel')
      .set({ apply_to: 'all' })
      .where('id', '=', at.channel)
      .execute();
    await beat(at.db, 'api-1', [an, binh]);
    const [first = '' as SessionId, other = '' as SessionId] = await waiting(at, 2);
    expect(await holdersOf(at, [first, other])).toEqual([an, binh]);
    await ago(an, 90);
    expect(await findGone(at.db)).toEqual([an]);
    while (await tellDeparture(at.db));
    await at.serve(first);
    await giveOut(at, [first]);
    const asked = (await at.assignments(first)).length;
    await giveOut(at, [first]);
    expect(await holdersOf(at, [first])).toEqual([null]);
    // It is not asked in vain at every look.
    expect(await at.assignments(first)).toHaveLength(asked);

    // Who comes new waits behind it, and has An's place all the same.
    const late = await at.newSession();
    await at.serve(late);
    await giveOut(at, [first, late]);
    expect(await holdersOf(at, [first, late])).toEqual([null, an]);
    await at.asks(late, an, { type: 'done', seenSeq: 1 });
    await at.serve(late);

    await beat(at.db, 'api-1', [an]);
    await giveOut(at, [first]);
    expect(await holdersOf(at, [first])).toEqual([an]);
  });

  test('R48: a line is looked through behind whoever is passed over, however many', async () => {
    const at = await inbox({ team: 1 });
    const an = who(at.team, 0);
    await at.db
      .updateTable('channel')
      .set({ apply_to: 'all' })
      .where('id', '=', at.channel)
      .execute();
    const sessions = await waiting(at, 1);
    const [mine = '' as SessionId] = sessions;
    await at.db.updateTable('agent').set({ capacity: 1 }).where('id', '=', an).execute();
    const behind = await waiting(at, 4);
    expect(await holdersOf(at, [mine, ...behind])).toEqual([an, null, null, null, null]);
    await sql`
      update session set state = jsonb_set(state, '{wait,tried}', jsonb_build_array(${an}::text))
      where id = any(${behind.slice(0, 3)}::text[])`.execute(at.db);
    await at.asks(mine, an, { type: 'done', seenSeq: 1 });
    await at.serve(mine);
    await giveOut(at, behind);
    expect(await holdersOf(at, behind)).toEqual([null, null, null, an]);
  });

  test('end of shift hands everything back', async () => {
    const at = await inbox({ team: 2 });
    const [an, binh] = [who(at.team, 0), who(at.team, 1)];
    await beat(at.db, 'api-1', [an]);
    const sessions = await waiting(at, 2);
    await beat(at.db, 'api-1', [binh]);
    await endShift(at.db, an);
    while (await tellDeparture(at.db));
    for (const session of sessions) await at.serve(session);
    expect(await holdersOf(at, sessions)).toEqual([binh, binh]);
  });

  test('presence is kept for the dry run', async () => {
    const at = await inbox();
    const an = who(at.team, 0);
    await beat(at.db, 'api-1', [an]);
    await beat(at.db, 'api-1', [an]);
    await setAway(at.db, an, true);
    await setAway(at.db, an, true);
    const told = await at.db
      .selectFrom('presence_event')
      .select(['online', 'away'])
      .where('agent_id', '=', an)
      .orderBy('at')
      .execute();
    expect(told).toEqual([
      { online: true, away: false },
      { online: false, away: true },
    ]);
  });
});

describe('R57: who leaves', () => {
  test('30 open sessions, sticky on, two colleagues: all redistributed, the history says why', async () => {
    const at = await inbox();
    await at.db
      .updateTable('channel')
      .set({ apply_to: 'all' })
      .where('id', '=', at.channel)
      .execute();
    const an = who(at.team, 0);
    const sessions = await waiting(at, 30);
    expect(new Set(await holdersOf(at, sessions))).toEqual(new Set([an]));
    const [binh, chi] = [await at.hires(), await at.hires()];
    await at.db.transaction().execute(async (trx) => {
      await trx
        .updateTable('agent')
        .set({ disabled_at: new Date() })
        .where('id', '=', an)
        .execute();
      await recordDepartures(trx, [{ agent: an, channel: null, cause: 'left' }]);
    });
    while (await tellDeparture(at.db));
    for (const session of sessions) await at.serve(session);
    const holders = await holdersOf(at, sessions);
    expect(holders.filter((one) => one === binh)).toHaveLength(15);
    expect(holders.filter((one) => one === chi)).toHaveLength(15);
    for (const session of sessions) {
      const told = (await at.events(session)).map(({ event }) => event);
      expect(told.find(({ type }) => type === 'Unassigned')).toMatchObject({
        from: an,
        cause: 'agent left',
      });
      expect((await at.row(session)).round).toBe(1);
    }
  });

  test('one channel left: the other keeps them', async () => {
    const at = await inbox({ team: 2 });
    const other = await TestInbox.open(database.db, { team: 0 });
    const an = who(at.team, 0);
    await at.db
      .insertInto('channel_agent')
      .values({ channel_id: other.channel, agent_id: an, position: 0 })
      .execute();
    await at.db.updateTable('channel').set({ apply_to: 'all' }).execute();
    const [here = '' as SessionId] = await waiting(at, 1);
    const [there = '' as SessionId] = await waiting(other, 1);
    await at.db.transaction().execute(async (trx) => {
      await trx
        .deleteFrom('channel_agent')
        .where('channel_id', '=', at.channel)
        .where('agent_id', '=', an)
        .execute();
      await recordDepartures(trx, [{ agent: an, channel: at.channel, cause: 'left' }]);
    });
    while (await tellDeparture(at.db));
    await at.serve(here);
    await other.serve(there);
    expect(await holdersOf(at, [here, there])).toEqual([who(at.team, 1), an]);
  });

  test('R35: a supporter who leaves helps no more', async () => {
    const at = await inbox({ team: 2 });
    const [an, binh] = [who(at.team, 0), who(at.team, 1)];
    await beat(at.db, 'api-1', [an]);
    const [session = '' as SessionId] = await waiting(at, 1);
    await at.asks(session, an, { type: 'supporters', agents: [binh] });
    await at.serve(session);
    expect((await at.row(session)).supporters).toEqual([binh]);
    expect(await at.notifications(session)).toContainEqual({
      agent_id: binh,
      type: 'invited',
      popup: true,
    });
    await at.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('channel_agent').where('agent_id', '=', binh).execute();
      await recordDepartures(trx, [{ agent: binh, channel: at.channel, cause: 'left' }]);
    });
    while (await tellDeparture(at.db));
    await at.serve(session);
    expect(await at.row(session)).toMatchObject({ supporters: [], assignee_id: an });
  });
});

describe('R4, R6, R11: who a customer belongs to', () => {
  test('R4: a customer who comes back goes to the last assignee', async () => {
    const at = await inbox({ team: 3 });
    await at.db.updateTable('channel').set({ apply_to: 'all' }).execute();
    const chi = who(at.team, 2);
    const [session = '' as SessionId] = await waiting(at, 1);
    await at.asks(session, who(at.team, 0), {
      type: 'assign',
      from: who(at.team, 0),
      agent: chi,
    });
    await at.serve(session);
    await at.asks(session, chi, { type: 'done', seenSeq: 1 });
    await at.serve(session);
    await at.writesAgain(session);
    await at.serve(session);
    expect((await at.row(session)).assignee_id).toBe(chi);
  });

  test('R11, R6: the assignee becomes the customer’s owner, and is asked first next time', async () => {
    const at = await inbox({ team: 3 });
    await at.db
      .updateTable('channel')
      .set({ apply_to: 'all', transfer_owner: true, owner_priority: true, sticky: false })
      .where('id', '=', at.channel)
      .execute();
    const an = who(at.team, 0);
    const [session = '' as SessionId] = await waiting(at, 1);
    const { customer_id } = await at.row(session);
    const ownerOf = () =>
      at.db
        .selectFrom('customer')
        .select('owner_id')
        .where('id', '=', customer_id)
        .executeTakeFirstOrThrow();
    expect((await ownerOf()).owner_id).toBe(an);
    await at.asks(session, an, { type: 'done', seenSeq: 1 });
    await at.serve(session);
    await at.writesAgain(session);
    await at.serve(session);
    expect((await at.row(session)).assignee_id).toBe(an);
    const [, again] = await at.assignments(session);
    expect(again?.trace.steps.at(-1)).toMatchObject({ rule: "customer's owner", result: an });
  });
});
