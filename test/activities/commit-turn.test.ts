import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockAssignments } from '#db/assignment-facts.ts';
import { newId } from '#db/ids.ts';
import type { MessageId, SessionId } from '#domain/ids.ts';
import { HOUR, MINUTE } from '#domain/instant.ts';
import type { SendResult } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import { testDatabase, untilOneWaitsForALock, type TestDatabase } from '#test/support/database.ts';
import { clocks, TestInbox } from './inbox.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const ALL_CLOCKS = clocks({
  autoClose: { on: true, afterSeconds: 1_800, text: 'Cảm ơn anh chị!' },
  reassign: { on: true, afterSeconds: 600 },
  deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300 },
});
const inbox = (options: Parameters<typeof TestInbox.open>[1] = {}) =>
  TestInbox.open(database.db, options);

describe('a turn is committed once', () => {
  test('its key again gets the same answer', async () => {
    const at = await inbox();
    const turn = await at.mustTurn(await at.newSession());
    const first = await at.commit(turn);
    expect(await at.commit(turn)).toEqual(first);
  });

  test('its key again writes nothing', async () => {
    const at = await inbox();
    const session = await at.newSession();
    const turn = await at.mustTurn(session);
    await at.commit(turn);
    const before = await everything(at, session);
    await at.commit(turn);
    expect(await everything(at, session)).toEqual(before);
  });

  test('twenty at once write it once', async () => {
    const at = await inbox();
    const session = await at.newSession();
    const turn = await at.mustTurn(session);
    const answers = await Promise.all(Array.from({ length: 20 }, () => at.commit(turn)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await at.row(session)).toMatchObject({ version: 1, run: 1 });
  });

  test('of two turns on the same state one is stale', async () => {
    const at = await inbox();
    const session = await at.newSession();
    const [one, other] = [await at.mustTurn(session), await at.mustTurn(session)];
    const answers = await Promise.all([at.commit(one), at.commit(other)]);
    expect(answers.map(({ is }) => is).sort()).toEqual(['committed', 'stale']);
    expect(await at.assignments(session)).toHaveLength(1);
  });

  test('of another run that has committed meanwhile is stale', async () => {
    const at = await inbox();
    const session = await at.newSession();
    await at.serve(session);
    await at.writesAgain(session);
    const old = await at.mustTurn(session);
    expect(await at.commit({ ...old, expected: { run: 0, version: 1 } })).toEqual({ is: 'stale' });
  });

  test('raises the run by the first commit of a run', async () => {
    const at = await inbox();
    const session = await at.newSession();
    await at.commit(await at.mustTurn(session));
    await at.writesAgain(session);
    const second = await at.mustTurn(session);
    await at.commit({ ...second, run: second.expected.run });
    expect(await at.row(session)).toMatchObject({ run: 1, version: 2 });
  });

  test('of a session that was erased is gone, and leaves nothing', async () => {
    const at = await inbox();
    const session = await at.newSession();
    const turn = await at.mustTurn(session);
    await at.db.deleteFrom('session').where('id', '=', session).execute();
    expect(await at.commit(turn)).toEqual({ is: 'gone' });
    expect(await at.events(session)).toEqual([]);
  });

  test('wakes who tells browsers', async () => {
    const at = await inbox();
    await at.commit(await at.mustTurn(await at.newSession()));
    expect(at.woken).toEqual(['change']);
  });
});

describe('the state', () => {
  test('equals the fold of the events, but for how far the journal is applied', async () => {
    const at = await inbox({ clocks: ALL_CLOCKS });
    const start = Date.now();
    const session = await at.openSession(new Date(start));
    const [agent] = at.team;
    await at.writesAgain(session, new Date(start + 1_000));
    await at.replies(session, must(agent));
    await at.asks(session, must(agent), { type: 'unassign', from: must(agent) });
    await at.serve(session, { now: start + 2_000 });
    await at.serve(session, { now: start + 20 * MINUTE });
    const { state } = await at.row(session);
    const events = (await at.events(session)).map(({ event }) => event);
    expect({ ...state, lastSeq: 0 }).toEqual({ ...fold(events), lastSeq: 0 });
  });

  test('shows in the columns of the list', async () => {
    const at = await inbox({ team: 1, clocks: ALL_CLOCKS });
    const start = Date.now();
    const session = await at.openSession(new Date(start));
    expect(await at.row(session)).toMatchObject({
      status: 'open',
      assignee_id: at.team[0],
      round: 1,
      applied_seq: 1,
      in_line_since: null,
      waiting_since: new Date(start),
      due_at: new Date(start + 30 * MINUTE),
      next_due_at: new Date(start + 10 * MINUTE),
      warned_at: null,
      overdue_at: null,
      closed_at: null,
    });
  });

  test('shows warning and missed deadline', async () => {
    const at = await inbox({
      team: 1,
      clocks: { ...ALL_CLOCKS, reassign: { on: false, afterSeconds: 1 } },
    });
    const start = Date.now();
    const session = await at.openSession(new Date(start));
    await at.serve(session, { now: start + 25 * MINUTE });
    expect(await at.row(session)).toMatchObject({
      warned_at: new Date(start + 25 * MINUTE),
      overdue_at: null,
      next_due_at: new Date(start + 30 * MINUTE),
    });
    await at.serve(session, { now: start + 30 * MINUTE });
    expect(await at.row(session)).toMatchObject({
      overdue_at: new Date(start + 30 * MINUTE),
      next_due_at: null,
    });
  });

  test('R20: shows a missed deadline by when it was, not by when it was seen', async () => {
    const clocks = { ...ALL_CLOCKS, reassign: { on: false, afterSeconds: 1 } };
    const at = await inbox({ team: 1, clocks });
    const start = Date.now();
    const session = await at.openSession(new Date(start));
    await at.serve(session, { now: start + 50 * MINUTE });
    expect((await at.row(session)).overdue_at).toEqual(new Date(start + 30 * MINUTE));
  });

  test('shows who closed it and when, until it is opened again', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const agent = must(at.team[0]);
    const { last_seq: seenSeq } = await at.page.queue(session);
    await at.asks(session, agent, { type: 'done', seenSeq });
    await at.serve(session);
    expect(await at.row(session)).toMatchObject({
      status: 'done',
      closed_by: agent,
      // It stays theirs until then (R37).
      assignee_id: agent,
      waiting_since: null,
    });
    await at.writesAgain(session);
    await at.serve(session);
    expect(await at.row(session)).toMatchObject({
      status: 'open',
      round: 2,
      closed_by: null,
      closed_at: null,
    });
  });
});

describe('a close and a Done by hand', () => {
  test('Done is refused while the journal is ahead', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const { last_seq: seenSeq } = await at.page.queue(session);
    await at.asks(session, must(at.team[0]), { type: 'done', seenSeq });
    const turn = await at.mustTurn(session);
    await at.writesAgain(session);
    expect(await at.commit(turn)).toEqual({ is: 'behind' });
    expect((await at.row(session)).status).toBe('open');
  });

  for (const [what, after] of [
    ['a close', 40],
    ['a time-out', 10],
  ] as const) {
    const story = async () => {
      const at = await inbox({ clocks: ALL_CLOCKS });
      const start = Date.now() - HOUR;
      const session = await at.openSession(new Date(start));
      if (what === 'a close') await answerElsewhere(at, session, start + MINUTE);
      return { at, session, turn: await at.mustTurn(session, { now: start + after * MINUTE }) };
    };

    test(`${what} is refused while the journal is ahead`, async () => {
      const { at, session, turn } = await story();
      expect(turn.ask).not.toBeNull();
      await at.writesAgain(session);
      expect(await at.commit(turn)).toEqual({ is: 'behind' });
    });

    test(`${what} waits for deliveries that nobody has read`, async () => {
      const { at, turn } = await story();
      const id = await aDelivery(at);
      expect(await at.commit(turn)).toEqual({ is: 'unread deliveries', upTo: id });
      await readDelivery(at, id);
      expect(await at.commit(turn)).toMatchObject({ is: 'committed' });
    });

    test(`${what} does not wait for those that came after its first look`, async () => {
      const { at, turn } = await story();
      const first = await aDelivery(at);
      const later = await aDelivery(at);
      await readDelivery(at, first);
      expect(await at.commit({ ...turn, deliveriesUpTo: first })).toMatchObject({
        is: 'committed',
      });
      await readDelivery(at, later);
    });
  }

  test('other turns wait neither for the journal nor for deliveries', async () => {
    const at = await inbox();
    const session = await at.newSession();
    const turn = await at.mustTurn(session);
    const id = await aDelivery(at);
    await at.writesAgain(session);
    expect(await at.commit(turn)).toMatchObject({ is: 'committed' });
    await readDelivery(at, id);
  });

  test('a close by clock writes its text as a message of the system', async () => {
    const at = await inbox({ clocks: ALL_CLOCKS });
    const start = Date.now() - HOUR;
    const session = await at.openSession(new Date(start));
    await answerElsewhere(at, session, start + MINUTE);
    await at.serve(session, { now: start + 40 * MINUTE });
    const { state } = await at.row(session);
    if (state?.v !== 2 || state.status !== 'closing') throw new Error('not closing');
    expect(await at.message(state.closingMessage)).toMatchObject({
      author: 'system',
      direction: 'out',
      text: 'Cảm ơn anh chị!',
      state: 'queued',
      agent_id: null,
    });
    expect(await attemptsOf(at, state.closingMessage)).toHaveLength(1);
  });

  for (const [why, text, hoursAgo] of [
    ['no text is configured', '', 1],
    ['the messaging window has closed', 'Cảm ơn!', 25],
  ] as const)
    test(`a close by clock is silent when ${why}`, async () => {
      const at = await inbox({
        clocks: clocks({ autoClose: { on: true, afterSeconds: 1_800, text } }),
      });
      const start = Date.now() - hoursAgo * HOUR;
      const session = await at.openSession(new Date(start));
      await answerElsewhere(at, session, start + MINUTE);
      await at.serve(session);
      expect((await at.row(session)).status).toBe('done');
      expect((await at.events(session)).at(-1)?.event).toMatchObject({
        type: 'MarkedDone',
        cause: 'clock',
        closingText: text === '' ? 'none' : 'skipped',
      });
    });
});

describe('rights', () => {
  test('of who acts are checked once more: those without any are named', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const stranger = await at.hires({ inTeam: false });
    await at.asks(session, stranger, { type: 'take', from: must(at.team[0]) });
    const { last_seq: seq } = await at.page.queue(session);
    expect(await at.commit(await at.mustTurn(session))).toEqual({ is: 'denied', seqs: [seq] });
  });

  test('of an agent who was disabled meanwhile are gone', async () => {
    const at = await inbox({ team: 3 });
    const session = await at.openSession();
    const agent = must(at.team[0]);
    const { commandId, messageId } = await at.replies(session, agent);
    await at.db
      .updateTable('agent')
      .set({ disabled_at: new Date() })
      .where('id', '=', agent)
      .execute();
    await at.serve(session);
    expect(await at.command(commandId)).toMatchObject({ state: 'refused', code: 'TAKEN' });
    expect((await at.message(messageId)).state).toBe('cancelled');
  });

  test('R57: who leaves the team while their take waits for its turn does not get it', async () => {
    const at = await inbox();
    const [an, binh] = [must(at.team[0]), must(at.team[1])];
    const session = await at.openSession();
    await at.asks(session, an, { type: 'unassign', from: an });
    await at.serve(session);
    await at.asks(session, binh, { type: 'take', from: null });
    const turn = await at.mustTurn(session);
    const waiting = await database.db.transaction().execute(async (trx) => {
      const { customer_id: customerId, kind } = await at.row(session);
      const row = { id: session, channelId: at.channel, kind, customerId, isLimited: false };
      await lockAssignments(trx, row);
      const commit = at.commit(turn);
      await untilOneWaitsForALock(database.db);
      await database.db.deleteFrom('channel_agent').where('agent_id', '=', binh).execute();
      return { commit };
    });
    expect(await waiting.commit).toMatchObject({ is: 'denied' });
    await at.serve(session);
    expect((await at.row(session)).assignee_id).toBeNull();
  });

  test('of the others of the same turn are not touched by one who is denied', async () => {
    const at = await inbox({ team: 2 });
    const session = await at.openSession();
    const [assignee] = at.team;
    const stranger = await at.hires({ inTeam: false });
    const refused = await at.asks(session, stranger, { type: 'unassign', from: must(assignee) });
    const { commandId } = await at.replies(session, must(assignee));
    await at.serve(session);
    expect((await at.command(refused)).state).toBe('refused');
    expect((await at.command(commandId)).state).toBe('done');
  });
});

describe('assignment', () => {
  test('is stored with its trace', async () => {
    const at = await inbox({ team: 3 });
    const session = await at.openSession();
    const [assignment] = await at.assignments(session);
    expect(assignment).toMatchObject({
      no: 1,
      how: 'automatic',
      agent_id: at.team[0],
      from_id: null,
      by_id: null,
    });
    expect(assignment?.trace).toEqual({
      steps: [
        { rule: 'already responsible', result: 'nobody', candidates: [] },
        { rule: 'automatic distribution', result: 'on', candidates: [] },
        { rule: "customer's owner", result: 'off', candidates: [] },
        {
          rule: 'sequential',
          result: at.team[0],
          candidates: [
            { agent: at.team[0], taken: true, why: 'next in turn' },
            { agent: at.team[1], taken: false, why: 'later in turn' },
            { agent: at.team[2], taken: false, why: 'later in turn' },
          ],
        },
      ],
      cursor: { before: null, after: at.team[0] },
    });
  });

  test('that finds nobody is stored with its trace too, and the session stands in the line', async () => {
    const at = await inbox({ team: 0 });
    const start = new Date();
    const session = await at.openSession(start);
    expect(await at.assignments(session)).toMatchObject([{ no: 1, agent_id: null }]);
    expect(await at.row(session)).toMatchObject({ assignee_id: null, in_line_since: start });
  });

  test('by hand to somebody outside the team is refused and changes nothing', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const stranger = await at.hires({ inTeam: false });
    const [assignee] = at.team;
    const command = await at.asks(session, must(assignee), {
      type: 'assign',
      from: must(assignee),
      agent: stranger,
    });
    await at.serve(session);
    expect(await at.command(command)).toMatchObject({ state: 'refused', code: 'NOT_IN_TEAM' });
    expect((await at.row(session)).assignee_id).toBe(assignee);
    expect(await at.assignments(session)).toHaveLength(1);
  });

  test('by hand says who did it and whom it was taken from', async () => {
    const at = await inbox({ interact: true });
    const session = await at.openSession();
    const [first, second] = at.team;
    await at.asks(session, must(second), { type: 'take', from: must(first) });
    await at.serve(session);
    expect((await at.assignments(session)).at(-1)).toMatchObject({
      no: 2,
      how: 'manual',
      agent_id: second,
      from_id: first,
      by_id: second,
    });
  });

  test('by hand does not move the rotation', async () => {
    const at = await inbox({ team: 3 });
    const session = await at.openSession();
    const [first, second] = at.team;
    await at.asks(session, must(first), {
      type: 'assign',
      from: must(first),
      agent: must(at.team[2]),
    });
    await at.serve(session);
    expect((await at.row(await at.openSession())).assignee_id).toBe(second);
  });

  test('of 500 sessions at once over 7 agents is fair to one', async () => {
    const at = await inbox({ team: 7 });
    const sessions = await newSessions(at, 500);
    await inParallel(20, sessions, async (session) => at.commit(await at.mustTurn(session)));
    const counts = await at.db
      .selectFrom('session')
      .select((eb) => ['assignee_id', eb.fn.countAll<number>().as('count')])
      .where('channel_id', '=', at.channel)
      .groupBy('assignee_id')
      .execute();
    expect(counts.map(({ count }) => count).sort()).toEqual([71, 71, 71, 71, 72, 72, 72]);
  });
});

describe('what agents asked for', () => {
  test('gets its outcome with the turn', async () => {
    const at = await inbox({ interact: true });
    const session = await at.openSession();
    const [first, second] = at.team;
    const command = await at.asks(session, must(second), { type: 'take', from: must(first) });
    await at.serve(session);
    expect(await at.command(command)).toMatchObject({ state: 'done', code: null });
  });

  test('is refused with the name of who has it', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const [first, second] = at.team;
    const command = await at.asks(session, must(second), { type: 'take', from: null });
    await at.serve(session);
    expect(await at.command(command)).toMatchObject({
      state: 'refused',
      code: 'TAKEN',
      detail: { assignee: { id: first, name: 'An' } },
    });
  });

  test('keeps the outcome that it has', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const [first] = at.team;
    const command = await at.asks(session, must(first), { type: 'take', from: null });
    await at.serve(session);
    await at.writesAgain(session);
    const turn = await at.mustTurn(session);
    const refused = { commandId: command, refused: { code: 'EXPIRED' as const } };
    await at.commit({ ...turn, outcomes: [refused] });
    expect((await at.command(command)).state).toBe('done');
  });

  test('of another session is not settled by this one', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const other = await at.openSession();
    const foreign = await at.asks(other, must(at.team[1]), { type: 'take', from: null });
    await at.writesAgain(session);
    const turn = await at.mustTurn(session);
    await at.commit({ ...turn, outcomes: [{ commandId: foreign, refused: null }] });
    expect((await at.command(foreign)).state).toBe('pending');
  });
});

describe('replies', () => {
  test('that are queued get their first attempt in the same turn', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const { messageId } = await at.replies(session, must(at.team[0]));
    await at.serve(session);
    expect(await attemptsOf(at, messageId)).toMatchObject([{ attempt: 1, claimed_at: null }]);
    expect((await at.message(messageId)).state).toBe('queued');
  });

  test('in an unassigned session take it', async () => {
    const at = await inbox({ team: 0 });
    const session = await at.openSession();
    const agent = await at.hires();
    await at.replies(session, agent);
    await at.serve(session);
    expect((await at.row(session)).assignee_id).toBe(agent);
  });

  test('R18: one that is sent again reads for everybody what came in between', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const agent = must(at.team[0]);
    const { messageId } = await at.replies(session, agent);
    await at.serve(session);
    const ends = (attempt: number, result: SendResult) =>
      at.appends(session, { kind: 'send_outcome', send: { messageId, attempt, result } });
    await ends(1, { is: 'failed', reason: 'rate_limited' });
    await at.writesAgain(session);
    await at.asks(session, agent, { type: 'retry', messageId });
    await at.serve(session);
    expect((await at.row(session)).unanswered).toBe(true);
    await ends(2, { is: 'sent' });
    await at.serve(session);
    expect(await at.row(session)).toMatchObject({ unanswered: false, waiting_since: null });
    await at.writesAgain(session);
    expect((await at.row(session)).unanswered).toBe(true);
  });
});

describe('notifications', () => {
  test('an automatic assignment tells the assignee without a popup', async () => {
    const at = await inbox();
    const session = await at.openSession();
    expect(await at.notifications(session)).toEqual([
      { agent_id: at.team[0], type: 'assigned', popup: false },
    ]);
  });

  test('an assignment by a colleague pops up', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const [first, second] = at.team;
    await at.asks(session, must(first), { type: 'assign', from: must(first), agent: must(second) });
    await at.serve(session);
    expect((await at.notifications(session)).at(-1)).toEqual({
      agent_id: second,
      type: 'assigned',
      popup: true,
    });
  });

  const givenWith = async (note: string) => {
    const at = await inbox();
    const session = await at.openSession();
    const [first, second] = [must(at.team[0]), must(at.team[1])];
    await at.asks(session, first, { type: 'assign', from: first, agent: second, note });
    return { at, session, first, second };
  };
  const notesOf = ({ at, session }: { at: TestInbox; session: SessionId }) =>
    at.db
      .selectFrom('message')
      .select(['id', 'seq', 'text'])
      .where('session_id', '=', session)
      .where('direction', '=', 'note')
      .execute();

  test('a note goes with the assignment that it was written for', async () => {
    const { at, session, first, second } = await givenWith('Nhờ bạn nhé');
    await at.serve(session);
    const [note] = await notesOf({ at, session });
    expect(note).toMatchObject({ seq: 2, text: 'Nhờ bạn nhé' });
    const assignments = await at.assignments(session);
    expect(assignments.map(({ agent_id, note_id }) => [agent_id, note_id])).toEqual([
      [first, null],
      [second, note?.id],
    ]);
    const told = at.db.selectFrom('notification').select(['agent_id', 'assignment_no']);
    expect(await told.where('session_id', '=', session).orderBy('id').execute()).toEqual([
      { agent_id: first, assignment_no: 1 },
      { agent_id: second, assignment_no: 2 },
    ]);
  });

  test('a note to who is in charge already is kept, but belongs to no assignment', async () => {
    const { at, session, second } = await givenWith('Nhờ bạn nhé');
    await at.serve(session);
    await at.asks(session, second, { type: 'assign', from: second, agent: second, note: 'Gấp' });
    await at.serve(session);
    expect((await notesOf({ at, session })).map(({ text }) => text)).toEqual([
      'Nhờ bạn nhé',
      'Gấp',
    ]);
    const assignments = await at.assignments(session);
    expect(assignments.filter(({ note_id }) => note_id !== null)).toHaveLength(1);
  });

  test('R22: such a note stands in the history by itself, once, and the others with their assignments', async () => {
    const { at, session, second } = await givenWith('Nhờ bạn nhé');
    await at.serve(session);
    await at.asks(session, second, { type: 'assign', from: second, agent: second, note: 'Gấp' });
    await at.serve(session);
    await at.asks(session, second, { type: 'take', from: second, note: 'Của tôi' });
    await at.serve(session);
    const { rows } = await sql`
      select side.agent_id, note.text from side_event side join message note on note.id = side.detail->>'message'
      where side.session_id = ${session} and side.type = 'note' order by side.at
    `.execute(at.db);
    expect(rows).toEqual([
      { agent_id: second, text: 'Gấp' },
      { agent_id: second, text: 'Của tôi' },
    ]);
  });

  test('a note of a command that is refused is not kept', async () => {
    const { at, session, first, second } = await givenWith('Nhờ bạn nhé');
    await at.asks(session, first, { type: 'take', from: null, note: 'Của tôi' });
    await at.serve(session);
    expect((await notesOf({ at, session })).map(({ text }) => text)).toEqual(['Nhờ bạn nhé']);
    expect((await at.row(session)).assignee_id).toBe(second);
  });

  const escalate = async (at: TestInbox) => {
    const start = Date.now() - HOUR;
    const session = await at.openSession(new Date(start));
    await at.serve(session, { now: start + 10 * MINUTE });
    return (await at.notifications(session)).filter(({ type }) => type === 'escalated');
  };
  const reassigns = clocks({ reassign: { on: true, afterSeconds: 600 } });

  test('a time-out that finds nobody tells the team’s admins', async () => {
    const at = await inbox({ team: 1, clocks: reassigns });
    const admin = await at.hires({ role: 'admin' });
    await at.db
      .updateTable('channel_agent')
      .set({ receives_messages: false })
      .where('agent_id', '=', admin)
      .execute();
    await at.hires({ role: 'owner', inTeam: false });
    await at.hires({ role: 'admin', inTeam: false });
    expect((await escalate(at)).map(({ agent_id }) => agent_id)).toEqual([admin]);
  });

  test('or the workspace owner when the team has no admin', async () => {
    const own = await testDatabase({ max: 3 });
    try {
      const at = await TestInbox.open(own.db, { team: 1, clocks: reassigns });
      const owner = await at.hires({ role: 'owner', inTeam: false });
      expect((await escalate(at)).map(({ agent_id }) => agent_id)).toEqual([owner]);
    } finally {
      await own.close();
    }
  });

  test('a failed reply tells its writer', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const [first] = at.team;
    const { messageId } = await at.replies(session, must(first));
    await at.serve(session);
    const result = { is: 'failed' as const, reason: 'person_unavailable' };
    await at.appends(session, { kind: 'send_outcome', send: { messageId, attempt: 1, result } });
    await at.serve(session);
    expect((await at.notifications(session)).at(-1)).toEqual({
      agent_id: first,
      type: 'failed_send',
      popup: false,
    });
    expect(await at.message(messageId)).toMatchObject({
      state: 'failed',
      failure: 'person_unavailable',
    });
  });
});

describe('what browsers hear', () => {
  test('names who may have seen the session before and who may after', async () => {
    const at = await inbox({ interact: true });
    const session = await at.openSession();
    const [first, second] = at.team;
    await at.asks(session, must(second), { type: 'take', from: must(first) });
    await at.db.deleteFrom('change').where('session_id', '=', session).execute();
    await at.serve(session);
    const audience = (assignee: unknown) => ({ channel: at.channel, assignee, supporters: [] });
    expect(await changesOf(at, session)).toContainEqual({
      topic: 'session',
      agent_id: null,
      before: audience(first),
      after: audience(second),
    });
  });

  test('outcomes and notifications concern one agent alone', async () => {
    const at = await inbox();
    const session = await at.openSession();
    const [first, second] = at.team;
    await at.asks(session, must(first), { type: 'assign', from: must(first), agent: must(second) });
    await at.serve(session);
    const changes = await changesOf(at, session);
    expect(changes.filter(({ topic }) => topic === 'command')).toMatchObject([{ agent_id: first }]);
    expect(changes.filter(({ topic }) => topic === 'notification').at(-1)).toMatchObject({
      agent_id: second,
    });
  });
});

// Pieces of the stories.

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Missing');
  return value;
}

function fold(events: readonly SessionEvent[]) {
  return events.reduce(evolve, NEW_SESSION);
}

/** A person answered in the platform's own inbox. */
async function answerElsewhere(
  at: TestInbox,
  session: Parameters<TestInbox['row']>[0],
  sentAt: number,
): Promise<void> {
  const messageId = newId<MessageId>();
  await at.appends(session, { kind: 'foreign_message', messageId, answer: true, sentAt });
  await at.db
    .updateTable('session_journal')
    .set({ at: new Date(sentAt) })
    .where('session_id', '=', session)
    .where('kind', '=', 'foreign_message')
    .execute();
  await at.serve(session, { now: sentAt });
}

async function aDelivery(at: TestInbox): Promise<number> {
  const { id } = await at.db
    .insertInto('webhook_delivery')
    .values({ body: Buffer.from('{}') })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function readDelivery(at: TestInbox, id: number): Promise<void> {
  await at.db.updateTable('webhook_delivery').set({ state: 'done' }).where('id', '=', id).execute();
}

function attemptsOf(at: TestInbox, messageId: MessageId) {
  return at.db
    .selectFrom('send_attempt')
    .select(['attempt', 'claimed_at', 'outcome'])
    .where('message_id', '=', messageId)
    .execute();
}

function changesOf(at: TestInbox, session: Parameters<TestInbox['row']>[0]) {
  return at.db
    .selectFrom('change')
    .select(['topic', 'agent_id', 'before', 'after'])
    .where('session_id', '=', session)
    .orderBy('id')
    .execute();
}

/** Everything that a commit writes. */
async function everything(at: TestInbox, session: Parameters<TestInbox['row']>[0]) {
  return {
    row: await at.row(session),
    events: await at.events(session),
    assignments: await at.assignments(session),
    notifications: await at.notifications(session),
    changes: await changesOf(at, session),
    rotation: await at.db.selectFrom('rotation').selectAll().execute(),
  };
}

async function newSessions(at: TestInbox, count: number) {
  for (let n = 0; n < count; n += 100) {
    const facts = Array.from({ length: 100 }, (_, index) => ({
      type: 'message' as const,
      customer: `many ${n + index}`,
      mid: `${at.channel} many ${n + index}`,
      text: 'Shop ơi',
      attachments: [],
      occurredAt: Date.now(),
    }));
    await at.page.takesIn(...facts);
  }
  const rows = await at.db
    .selectFrom('session')
    .select('id')
    .where('channel_id', '=', at.channel)
    .execute();
  return rows.map(({ id }) => id);
}

async function inParallel<T>(
  lanes: number,
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  const waiting = [...all];
  const lane = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await work(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
