/** What a team does with a session, and what comes and goes around it, through a real run. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandRequest } from '#contracts/command.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import { HOUR } from '#domain/instant.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, NEW_SESSION } from '#domain/session/session.ts';
import { clocks } from '#test/activities/inbox.ts';
import { ServedInbox } from './served-inbox.ts';

let at: ServedInbox;
let an: AgentId;
let binh: AgentId;
let chi: AgentId;
beforeAll(async () => {
  const deadline = { on: true, afterSeconds: 86_400, warnBeforeSeconds: 3_600 };
  at = await ServedInbox.start({ team: 3, clocks: clocks({ deadline }), interact: true });
  [an, binh, chi] = [teammate(0), teammate(1), teammate(2)];
});
afterAll(() => at.close());

function teammate(place: number): AgentId {
  const agent = at.inbox.team[place];
  if (agent === undefined) throw new Error('Nobody there');
  return agent;
}

async function orders(session: SessionId, agent: AgentId, request: CommandRequest) {
  await at.inbox.asks(session, agent, request);
  await at.relay(session);
  return at.applied(session);
}

async function stateOf(session: SessionId) {
  const { state } = await at.applied(session);
  if (state === null || state.v !== 2) throw new Error('Not committed');
  return state;
}

async function isFoldOfItsEvents(session: SessionId): Promise<void> {
  const events = await at.inbox.events(session);
  const folded = events.map(({ event }) => event).reduce(evolve, NEW_SESSION);
  expect({ ...(await stateOf(session)), lastSeq: 0 }).toEqual({ ...folded, lastSeq: 0 });
}

test('R35, R59, R58, R37: helped with, snoozed, woken by the customer, handed on at the end of a shift, done', async () => {
  const session = await at.openSession();
  expect((await at.inbox.row(session)).assignee_id).toBe(an);
  await orders(session, an, {
    type: 'supporters',
    agents: [binh, chi],
  });
  expect((await at.inbox.row(session)).supporters).toEqual([binh, chi]);
  await orders(session, an, { type: 'snooze', until: new Date(Date.now() + HOUR) });
  expect((await at.inbox.row(session)).due_at).toBeNull();
  await at.inbox.writesAgain(session);
  await at.relay(session);
  const woken = await stateOf(session);
  expect(isOpen(woken) && [woken.snoozedUntil, woken.assignee]).toEqual([null, an]);
  await at.inbox.appends(session, { kind: 'agent_left', agent: an, cause: 'shift ended' });
  await at.relay(session);
  const handedOn = await stateOf(session);
  expect(isOpen(handedOn) && [handedOn.assignee, handedOn.supporters]).toEqual([binh, [chi]]);
  await isFoldOfItsEvents(session);
  await at.markDone(session);
  expect((await at.inbox.row(session)).supporters).toEqual([]);
  await at.record(session, 'team-work');
});

test('R5, R48: it waits while distribution is off, and gets its turn', async () => {
  const distribution = (on: boolean) => sql`update channel set distribution = ${on}`.execute(at.db);
  await distribution(false);
  const session = await at.openSession();
  expect(await at.inbox.row(session)).toMatchObject({ assignee_id: null });
  expect((await at.inbox.row(session)).in_line_since).not.toBeNull();
  await distribution(true);
  await at.inbox.appends(session, { kind: 'agent_available' });
  await at.relay(session);
  const { assignee_id: from, in_line_since } = await at.applied(session);
  if (from === null) throw new Error('Nobody got it');
  expect(in_line_since).toBeNull();
  await orders(session, from, { type: 'unassign', from });
  await orders(session, chi, { type: 'take', from: null });
  await isFoldOfItsEvents(session);
  await at.markDone(session);
  await at.record(session, 'given-out');
});

test('all that the customer wrote is removed: the session is Done, and its run ends', async () => {
  const session = await at.openSession();
  await at.inbox.appends(session, { kind: 'comments_removed' });
  await at.relay(session);
  await at.hasStatus(session, 'done');
  expect(await at.ended(session)).toBe('COMPLETED');
  await at.record(session, 'removed');
});
