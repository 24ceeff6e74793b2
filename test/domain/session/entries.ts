import type { AgentId, MessageId } from '#domain/ids.ts';
import { SECOND, type Instant } from '#domain/instant.ts';
import type { Command, Entry, SendResult } from '#domain/session/entry.ts';
import type { Session } from '#domain/session/session.ts';
import { takeTurn, type Turn, type TurnInput } from '#domain/session/turn.ts';
import { commandId, message, minute, text } from '#test/support/session-builders.ts';

/** The turn that a session takes when something comes in, at the moment when it comes. */
export function turnOn(
  session: Session,
  entry: Entry | Entry[],
  more: Partial<TurnInput> = {},
): Turn {
  const entries = [entry].flat();
  const now = Math.max(...entries.map(({ at }) => at));
  return takeTurn(session, { entries, policy: null, denied: [], now, ...more });
}

/** The turn that a session takes by time alone. */
export function turnAt(session: Session, now: Instant): Turn {
  return takeTurn(session, { entries: [], policy: null, denied: [], now });
}

/** What an agent is told of the command or reply. */
export const refusalOf = (turn: Turn) => turn.outcomes[0]?.refused;

export const customerWrites = (at: number, seq: number): Entry => ({
  kind: 'customer_message',
  at: minute(at),
  seq,
  messageId: message(`from-customer-${String(seq)}`),
});

export const customerRemoves = (ofSeq: number, at: number, seq: number): Entry => ({
  kind: 'customer_message_removed',
  at: minute(at),
  seq,
  ofSeq,
});

export const replies = (by: AgentId, at: number, seq: number, messageId = text): Entry => ({
  kind: 'reply',
  at: minute(at),
  seq,
  commandId: commandId(`command-${String(seq)}`),
  messageId,
  agent: by,
});

export const asks = (by: AgentId, command: Command, [at, seq]: [number, number]): Entry => ({
  kind: 'command',
  at: minute(at),
  seq,
  commandId: commandId(`command-${String(seq)}`),
  agent: by,
  expiresAt: minute(at) + 10 * SECOND,
  command,
});

/** A message from outside: by a person in the platform's own tools, sent at `sentAt`. */
export const answersElsewhere = (sentAt: number, at: number, seq: number): Entry => ({
  kind: 'foreign_message',
  at: minute(at),
  seq,
  messageId: message(`from-outside-${String(seq)}`),
  answer: true,
  sentAt: minute(sentAt),
});

/** A message of another app, which is nobody's answer. */
export const botWrites = (at: number, seq: number): Entry => ({
  kind: 'foreign_message',
  at: minute(at),
  seq,
  messageId: message(`from-bot-${String(seq)}`),
  answer: false,
  sentAt: minute(at),
});

type Reported = { messageId?: MessageId; attempt?: number | null };

export const reports = (
  result: SendResult,
  [at, seq]: [number, number],
  { messageId = text, attempt = 1 }: Reported = {},
): Entry => ({
  kind: 'send_outcome',
  at: minute(at),
  seq,
  send: { messageId, attempt, result },
});

/** The platform itself tells that it has the message. */
export const echoes = (at: number, seq: number, messageId = text): Entry =>
  reports({ is: 'sent' }, [at, seq], { messageId, attempt: null });
