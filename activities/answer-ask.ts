import { readAssignmentFacts } from '#db/assignment-facts.ts';
import { writeAssignment } from '#db/assignments.ts';
import type { Trx } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import { hasClosingText, insertClosingText } from '#db/outgoing.ts';
import type { TurnRow } from '#db/turns.ts';
import { decideAssignment } from '#domain/assignment.ts';
import type { MessageId } from '#domain/ids.ts';
import { windowOpenUntil } from '#domain/messaging-window.ts';
import type { AssignAsk } from '#domain/session/ask.ts';
import { decideClose } from '#domain/session/close.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import type { Outcome } from '#domain/session/turn.ts';
import type { TurnToCommit } from './protocol.ts';

/** The answer to a turn's question, decided from facts under lock and written only when the turn is. */
export type Answer = {
  events: SessionEvent[];
  outcomes: Outcome[];
  /** Messages that it made. */
  messages: MessageId[];
  write: () => Promise<void>;
};

const NO_ANSWER: Answer = {
  events: [],
  outcomes: [],
  messages: [],
  write: () => Promise.resolve(),
};

export async function answerAsk(
  trx: Trx,
  row: TurnRow,
  session: Session,
  { ask, now }: TurnToCommit,
): Promise<Answer> {
  if (ask === null) return NO_ANSWER;
  const at = { row, session, now };
  return ask.ask === 'assign' ? assign(trx, ask, at) : close(trx, at);
}

type At = { row: TurnRow; session: Session; now: number };

async function assign(trx: Trx, ask: AssignAsk, { row, session, now }: At): Promise<Answer> {
  const facts = await readAssignmentFacts(trx, row, { ask, session, dice: Math.random() });
  const decision = decideAssignment(ask, session, facts, now);
  const { commandId } = ask;
  return {
    events: decision.events,
    outcomes: commandId === null ? [] : [{ commandId, refused: decision.refused }],
    messages: [],
    write: () => writeAssignment(trx, row, ask, decision),
  };
}

async function close(trx: Trx, { row, session, now }: At): Promise<Answer> {
  const messageId = newId<MessageId>();
  const facts = {
    kind: row.kind,
    hasText: await hasClosingText(trx),
    windowOpenUntil: windowOpenUntil(row.windowFrom?.getTime() ?? null),
    messageId,
  };
  const events = decideClose(facts, now);
  if (!events.some((event) => event.type === 'CloseStarted')) return { ...NO_ANSWER, events };
  const message = {
    id: messageId,
    sessionId: row.id,
    channelId: row.channelId,
    seq: session.lastSeq,
  };
  return {
    events,
    outcomes: [],
    messages: [messageId],
    write: () => insertClosingText(trx, message),
  };
}
