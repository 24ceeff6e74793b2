import type { AgentId, CommandId, MessageId } from '#domain/ids.ts';
import { MINUTE, SECOND, type Instant } from '#domain/instant.ts';
import type { Policy } from '#domain/policy.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { ATTEMPT_LAPSES_MS } from '#domain/session/sends.ts';
import { NEW_SESSION, type Session } from '#domain/session/session.ts';

export const agent = (name: string): AgentId => name as AgentId;
export const message = (name: string): MessageId => name as MessageId;
export const commandId = (name: string): CommandId => name as CommandId;

export const an = agent('an');
export const binh = agent('binh');
export const chi = agent('chi');
export const text = message('text');
export const closingText = message('closing-text');

/** Stories are told in minutes from their beginning, which is not the beginning of time. */
const BEGINNING = 1_000_000 * MINUTE;
/** Where the hours end that are known. */
const FAR_AHEAD = 1_000_000;

export const minute = (minutes: number): Instant => BEGINNING + minutes * MINUTE;
export const second = (seconds: number): Instant => BEGINNING + seconds * SECOND;

type Clocks = {
  close?: number;
  reassign?: number;
  deadline?: number;
  warn?: number;
  /** When the workspace is open, in minutes; every clock follows it. */
  open?: [from: number, to: number][];
};

/** Settings with the clocks that are named, in minutes; the others are off. */
export function clocks({ close, reassign, deadline, warn = 0, open }: Clocks, version = 1): Policy {
  const clock = (minutes: number | undefined) => ({
    on: minutes !== undefined,
    afterMs: (minutes ?? 0) * MINUTE,
    businessHours: open !== undefined,
  });
  return {
    version,
    autoClose: clock(close),
    reassign: clock(reassign),
    deadline: { ...clock(deadline), warnBeforeMs: warn * MINUTE },
    hours:
      open === undefined
        ? null
        : { open: open.map(([from, to]) => [minute(from), minute(to)]), until: minute(FAR_AHEAD) },
  };
}

type Told = SessionEvent | readonly SessionEvent[];

/** The session after what has happened to it. */
export function given(...told: readonly Told[]): Session {
  return told.flat().reduce<Session>(evolve, NEW_SESSION);
}

export const settings = (named: Clocks, version = 1): SessionEvent => ({
  type: 'PolicyChanged',
  at: minute(0),
  policy: clocks(named, version),
});

export const opened = (at: number, round = 1): SessionEvent => ({
  type: 'Opened',
  at: minute(at),
  round,
  cause: 'customer',
  by: null,
});

/** The customer's message that begins a wait. */
export const waiting = (at: number, seq: number, no = 1): SessionEvent[] => [
  wroteOn(at, seq),
  { type: 'WaitStarted', at: minute(at), no, unanswered: [[seq, minute(at)]] },
];

/** A customer's message in a wait that runs. */
export const wroteOn = (at: number, seq: number): SessionEvent => ({
  type: 'MessageReceived',
  at: minute(at),
  seq,
  messageId: message(`from-customer-${String(seq)}`),
});

/** The first message of a session that nobody is in charge of. */
export const firstMessage = (at: number, seq = 1): SessionEvent[] => [
  opened(at),
  ...waiting(at, seq),
];

export const assigned = (
  to: AgentId,
  at: number,
  more: Partial<SessionEvent & { type: 'Assigned' }> = {},
): SessionEvent => ({
  type: 'Assigned',
  at: minute(at),
  no: 1,
  agent: to,
  how: 'automatic',
  by: null,
  from: null,
  ...more,
});

export const unassigned = (from: AgentId, at: number): SessionEvent => ({
  type: 'Unassigned',
  at: minute(at),
  from,
  cause: 'by hand',
  by: from,
});

/** A staff's answer to everything so far. */
export const answered = (by: AgentId, at: number, upToSeq: number): SessionEvent[] => [
  { type: 'StaffAnswered', at: minute(at), agent: by, sentAt: minute(at), upToSeq },
  { type: 'WaitEnded', at: minute(at), no: 1, cause: 'answered', endedAt: minute(at) },
];

export const warned = (at: number, dueAt: number): SessionEvent => ({
  type: 'Warned',
  at: minute(at),
  dueAt: minute(dueAt),
});

export const overdue = (at: number): SessionEvent => ({
  type: 'Overdue',
  at: minute(at),
  dueAt: minute(at),
});

export const foundNobody = (at: number, no = 2): SessionEvent[] => [
  { type: 'NotAssigned', at: minute(at), no, how: 'timeout', cause: 'nobody qualifies' },
  { type: 'Escalated', at: minute(at), cause: 'nobody qualifies' },
];

export const queued = (at: number, seq: number, messageId = text, by = an): SessionEvent => ({
  type: 'ReplyQueued',
  at: minute(at),
  seq,
  messageId,
  agent: by,
  retry: false,
});

export const attempted = (at: number, messageId = text, attempt = 1): SessionEvent => ({
  type: 'AttemptRecorded',
  at: minute(at),
  messageId,
  attempt,
  lapsesAt: minute(at) + ATTEMPT_LAPSES_MS,
});

/** A reply that has been handed out to be sent. */
export const sending = (at: number, seq: number, messageId = text, by = an): SessionEvent[] => [
  queued(at, seq, messageId, by),
  attempted(at, messageId),
];

export const doubtful = (at: number, messageId = text): SessionEvent => ({
  type: 'SendDoubtful',
  at: minute(at),
  messageId,
  lookAt: minute(at) + 30 * SECOND,
});

export const failed = (at: number, messageId = text): SessionEvent => ({
  type: 'SendFailed',
  at: minute(at),
  messageId,
  reason: 'blocked',
});

export const unconfirmed = (at: number, messageId = text): SessionEvent => ({
  type: 'SendUnconfirmed',
  at: minute(at),
  messageId,
});

export const done = (at: number, by: AgentId | null = an): SessionEvent => ({
  type: 'MarkedDone',
  at: minute(at),
  cause: by === null ? 'clock' : 'agent',
  by,
  closingText: 'none',
});

/** The auto-close clock has fallen due and its text is being handed out. */
export const closing = (at: number): SessionEvent[] => [
  { type: 'CloseStarted', at: minute(at), messageId: closingText },
  attempted(at, closingText),
];
