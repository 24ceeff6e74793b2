import { lockAssignments } from '#db/assignment-facts.ts';
import { recordChanges, type NewChange } from '#db/changes.ts';
import { settleCommands, type SettledCommand } from '#db/commands.ts';
import type { Db, Trx } from '#db/database.ts';
import { writeFacts } from '#db/facts.ts';
import { lockQueues } from '#db/journal.ts';
import { stirLine } from '#db/line.ts';
import { writeNotifications } from '#db/notifications.ts';
import type { WakeChannel } from '#db/notify.ts';
import { applySendEvents, cancelRefused } from '#db/outgoing.ts';
import { rightsOnChannel } from '#db/rights.ts';
import { audienceOf, lockForTurn, unreadDelivery, writeSession, type TurnRow } from '#db/turns.ts';
import { accessTo, mayAssign, type TeamPermission, type Viewer } from '#domain/permission.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { stirsLine } from '#domain/session/line.ts';
import type { Session } from '#domain/session/session.ts';
import { conclude, needsTip, type Actor } from '#domain/session/turn.ts';
import { answerAsk, type Answer } from './answer-ask.ts';
import { lifted, type CommitResult, type TurnToCommit } from './protocol.ts';

export type CommitDeps = { db: Db; waker: { wake: (channel: WakeChannel) => void } };

/**
 * Commits one turn of a session, whole or not at all: state, events, assignment, outcomes, notifications, changes.
 * Idempotent by `turn.key`; refusals are answers, so that only trouble with the database is tried again.
 */
export async function commitTurn(deps: CommitDeps, turn: TurnToCommit): Promise<CommitResult> {
  const { result, stirred } = await deps.db
    .transaction()
    .execute((trx) => commitIn(trx, lifted(turn)));
  if (result.is === 'committed') deps.waker.wake('change');
  if (stirred) deps.waker.wake('line');
  return result;
}

type Committed = { result: CommitResult; stirred: boolean };

const unstirred = (result: CommitResult): Committed => ({ result, stirred: false });

async function commitIn(trx: Trx, turn: TurnToCommit): Promise<Committed> {
  const newest = mayNeedTip(turn) ? await newestSeq(trx, turn) : null;
  const row = await lockForTurn(trx, turn.sessionId);
  if (row === null) return unstirred({ is: 'gone' });
  // Only this function writes the result, and only as a CommitResult.
  if (row.commitKey === turn.key) return unstirred(row.commitResult as CommitResult);
  const { run, version } = turn.expected;
  if (row.run !== run || row.version !== version) return unstirred({ is: 'stale' });
  if (isByClock(turn)) {
    const upTo = await unreadDelivery(trx, turn.deliveriesUpTo);
    if (upTo !== null) return unstirred({ is: 'unread deliveries', upTo });
  }
  if (turn.ask?.ask === 'assign') await lockAssignments(trx, row);
  const denied = await deniedActors(trx, row, turn);
  if (denied.length > 0) return unstirred({ is: 'denied', seqs: denied });

  const decided = { ...turn.events.reduce(evolve, row.state), lastSeq: turn.lastSeq };
  const answer = await answerAsk(trx, row, decided, turn);
  const { session, events: after } = conclude(decided, answer.events, turn.now);
  const events = [...turn.events, ...after];
  const tip = isByClock(turn) || needsTip(events, session);
  if (tip && newest !== turn.lastSeq) return unstirred({ is: 'behind' });

  const settingsVersion = row.settingsVersion;
  const result: CommitResult = {
    is: 'committed',
    version: version + 1,
    events: after,
    settingsVersion,
  };
  await write(trx, row, turn, { session, events, answer, result });
  const stirred = stirsLine(row.state, session, row.isLimited);
  if (stirred) await stirLine(trx);
  return { result, stirred };
}

/** The moves that time alone makes; what is on its way may speak against them. */
function isByClock({ ask, events }: TurnToCommit): boolean {
  if (ask !== null) return ask.ask === 'close' || ask.how === 'timeout';
  return events.some((event) => event.type === 'MarkedDone' && event.cause === 'clock');
}

function mayNeedTip(turn: TurnToCommit): boolean {
  return isByClock(turn) || turn.events.some((event) => event.type === 'MarkedDone');
}

/** Taken before the session's row, as everywhere: until the end nobody can append to the journal. */
async function newestSeq(trx: Trx, { sessionId }: TurnToCommit): Promise<number | null> {
  const places = await lockQueues(trx, [sessionId]);
  return places.get(sessionId)?.lastSeq ?? null;
}

/** Rights were checked when the request came; they may have gone since. */
async function deniedActors(trx: Trx, row: TurnRow, { actors }: TurnToCommit): Promise<number[]> {
  if (actors.length === 0) return [];
  const agents = [...new Set(actors.map(({ agent }) => agent))];
  const { viewers, permission } = await rightsOnChannel(trx, row.channelId, agents);
  return actors
    .filter((actor) => !mayDo(actor, viewers.get(actor.agent), permission))
    .map(({ seq }) => seq);
}

function mayDo(actor: Actor, viewer: Viewer | undefined, permission: TeamPermission): boolean {
  if (viewer === undefined) return false;
  return actor.needs === 'assign'
    ? mayAssign(actor, viewer, permission)
    : accessTo(actor, viewer, permission) === 'act';
}

type Written = { session: Session; events: SessionEvent[]; answer: Answer; result: CommitResult };

async function write(trx: Trx, row: TurnRow, turn: TurnToCommit, written: Written): Promise<void> {
  const { session, events, answer, result } = written;
  await answer.write();
  await writeSession(trx, row.id, {
    session,
    events,
    run: turn.run,
    version: turn.expected.version + 1,
    key: turn.key,
    result,
  });
  const sent = await applySendEvents(trx, events);
  const commands = await settleCommands(trx, row.id, [...turn.outcomes, ...answer.outcomes]);
  const refused = commands.flatMap(({ refusedReply }) => refusedReply ?? []);
  await cancelRefused(trx, refused);
  await writeFacts(trx, row, events);
  const told = await writeNotifications(trx, row, events);
  const about = changeOf(row, session);
  await recordChanges(trx, [
    about('session', null),
    ...[...sent, ...refused, ...answer.messages].map((id) => about('message', id)),
    ...commands.map(({ id, agent }: SettledCommand) => about('command', id, agent)),
    ...told.map(({ id, agent }) => about('notification', id, agent)),
  ]);
}

function changeOf(row: TurnRow, session: Session) {
  const before = row.audience;
  const after = audienceOf(row.channelId, session);
  return (
    topic: NewChange['topic'],
    subjectId: string | null,
    agentId: NewChange['agentId'] = null,
  ): NewChange => ({ topic, sessionId: row.id, subjectId, agentId, before, after });
}
