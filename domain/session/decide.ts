import type { AgentId, MessageId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { Refusal } from '../refusal.ts';
import { answerEvents, beginWait, waitEnd } from './answers.ts';
import type { AssignAsk } from './ask.ts';
import { closeDueAt } from './clocks.ts';
import type { Entry } from './entry.ts';
import type { SessionEvent } from './event.ts';
import { isOpen, type OpenSession, type Session } from './session.ts';
import { judgeReport } from './sends.ts';

/** What follows from an entry: events, perhaps a question, or for what an agent asked a refusal. */
export type Decision = { events: SessionEvent[]; ask?: AssignAsk } | { refused: Refusal };

type Of<Kind extends Entry['kind']> = Entry & { kind: Kind };

export function decide(session: Session, entry: Entry, now: Instant): Decision {
  switch (entry.kind) {
    case 'customer_message':
      return customerMessage(session, entry);
    case 'customer_message_removed':
      return removed(session, entry);
    case 'reply':
      return reply(session, entry);
    case 'command':
      return entry.expiresAt < now ? refuse('EXPIRED') : command(session, entry);
    case 'foreign_message':
      return { events: foreignMessage(session, entry) };
    case 'send_outcome':
      return { events: sendOutcome(session, entry) };
    case 'agent_available':
      return isOpen(session) && session.inLineSince !== null
        ? { events: [], ask: rules() }
        : nothing;
    case 'agent_left':
      return agentLeft(session, entry);
    case 'settings_changed':
      // The settings themselves are loaded before the turn; the entry only says that there are newer ones.
      return nothing;
  }
}

const nothing: Decision = { events: [] };

function refuse(code: Refusal['code'], session?: OpenSession): Decision {
  return { refused: session === undefined ? { code } : { code, assignee: session.assignee } };
}

function customerMessage(session: Session, entry: Of<'customer_message'>): Decision {
  const { at, seq, messageId } = entry;
  const received: SessionEvent = { type: 'MessageReceived', at, seq, messageId };
  if (isOpen(session)) {
    const begin = session.wait === null ? [beginWait(session, [[seq, at]], at)] : [];
    return { events: [...staysOpen(session, at, 'customer'), received, ...begin] };
  }
  const opened: SessionEvent = {
    type: 'Opened',
    at,
    round: session.round + 1,
    cause: 'customer',
    by: null,
  };
  return {
    events: [opened, received, beginWait(session, [[seq, at]], at)],
    ask: rules(),
  };
}

function removed(session: Session, entry: Of<'customer_message_removed'>): Decision {
  const isUnanswered =
    isOpen(session) && session.wait?.unanswered.some(([seq]) => seq === entry.ofSeq);
  if (!isOpen(session) || !isUnanswered) return nothing;
  const gone: SessionEvent = { type: 'MessageRemoved', at: entry.at, seq: entry.ofSeq };
  const wasLast = session.wait?.unanswered.length === 1;
  return { events: [gone, ...(wasLast ? waitEnd(session, 'removed', entry.at) : [])] };
}

function reply(session: Session, entry: Of<'reply'>): Decision {
  const { at, seq, messageId, agent } = entry;
  return queueReply(session, { at, seq, messageId, agent, retry: false });
}

/** A reply, or the retry of one: on a Done session it opens the next round, on an unassigned one it takes it (R34). */
function queueReply(
  session: Session,
  sent: Omit<SessionEvent & { type: 'ReplyQueued' }, 'type'>,
): Decision {
  const queued: SessionEvent = { type: 'ReplyQueued', ...sent };
  const { at, agent } = sent;
  const take = { ...manual(agent, [agent]), commandId: null };
  if (!isOpen(session)) {
    const round = session.round + 1;
    return {
      events: [{ type: 'Opened', at, round, cause: 'reply', by: agent }, queued],
      ask: take,
    };
  }
  const events = [...staysOpen(session, at, 'agent'), queued];
  return session.assignee === null ? { events, ask: take } : { events };
}

function command(session: Session, entry: Of<'command'>): Decision {
  switch (entry.command.type) {
    case 'done':
      return done(session, entry, entry.command.seenSeq);
    case 'reopen':
      return reopen(session, entry);
    case 'take':
      return putInCharge(session, entry, entry.agent, entry.command.from);
    case 'assign':
      return putInCharge(session, entry, entry.command.agent, entry.command.from);
    case 'unassign':
      return unassign(session, entry, entry.command.from);
    case 'retry':
      return retry(session, entry, entry.command.messageId);
    case 'confirm':
      return entry.command.arrived
        ? confirmArrived(session, entry, entry.command.messageId)
        : retry(session, entry, entry.command.messageId);
  }
}

function done(session: Session, entry: Of<'command'>, seenSeq: number): Decision {
  if (!isOpen(session)) return nothing;
  if (session.lastCustomerSeq > seenSeq) return refuse('NEW_MESSAGE', session);
  return {
    events: [
      ...cancelClose(session, entry.at, 'agent'),
      ...waitEnd(session, 'done', entry.at),
      {
        type: 'MarkedDone',
        at: entry.at,
        cause: 'agent',
        by: entry.agent,
        closingText: 'none',
      },
    ],
  };
}

function reopen(session: Session, entry: Of<'command'>): Decision {
  if (isOpen(session)) return { events: staysOpen(session, entry.at, 'agent') };
  const { at, agent, commandId } = entry;
  const preferred = session.lastAssignee === null ? [agent] : [session.lastAssignee, agent];
  return {
    events: [{ type: 'Opened', at, round: session.round + 1, cause: 'by hand', by: agent }],
    ask: { ...manual(agent, preferred), commandId },
  };
}

function putInCharge(
  session: Session,
  entry: Of<'command'>,
  agent: AgentId,
  from: AgentId | null,
): Decision {
  if (!isOpen(session)) return refuse('SESSION_DONE');
  const events = staysOpen(session, entry.at, 'agent');
  if (session.assignee === agent) return { events };
  if (session.assignee !== from) return refuse('TAKEN', session);
  return { events, ask: { ...manual(entry.agent, [agent]), commandId: entry.commandId } };
}

function unassign(session: Session, entry: Of<'command'>, from: AgentId): Decision {
  if (!isOpen(session)) return refuse('SESSION_DONE');
  const events = staysOpen(session, entry.at, 'agent');
  if (session.assignee === null) return { events };
  if (session.assignee !== from) return refuse('TAKEN', session);
  const { at, agent: by } = entry;
  return { events: [...events, { type: 'Unassigned', at, from, cause: 'by hand', by }] };
}

function retry(session: Session, entry: Of<'command'>, messageId: MessageId): Decision {
  if (!session.unsent.some((unsent) => unsent.messageId === messageId))
    return refuse('NOTHING_TO_RETRY');
  const { at, seq, agent } = entry;
  return queueReply(session, { at, seq, messageId, agent, retry: true });
}

function confirmArrived(session: Session, entry: Of<'command'>, messageId: MessageId): Decision {
  const unsent = session.unsent.find((one) => one.messageId === messageId);
  if (unsent?.how !== 'unconfirmed') return refuse('NOTHING_TO_RETRY');
  const { at } = entry;
  const answer = { at, agent: unsent.author, sentAt: unsent.sentAt, upToSeq: unsent.seq };
  const stays = isOpen(session) ? staysOpen(session, at, 'agent') : [];
  return {
    events: [...stays, { type: 'SendAccepted', at, messageId }, ...answerEvents(session, answer)],
  };
}

function foreignMessage(session: Session, entry: Of<'foreign_message'>): SessionEvent[] {
  const { at, seq, answer, sentAt } = entry;
  if (!isOpen(session)) return [];
  const stays = staysOpen(session, at, 'agent');
  if (!answer) return [...stays, { type: 'ForeignMessage', at, seq }];
  return [...stays, ...answerEvents(session, { at, agent: null, sentAt, upToSeq: null })];
}

function sendOutcome(session: Session, entry: Of<'send_outcome'>): SessionEvent[] {
  const { send: report, at } = entry;
  const events = judgeReport(session, report, at);
  const accepted = events.some((event) => event.type === 'SendAccepted');
  const sent = [...session.sends, ...session.unsent].find(
    (one) => one.messageId === report.messageId,
  );
  if (!accepted || sent === undefined || sent.author === null) return events;
  const answer = { at, agent: sent.author, sentAt: sent.sentAt, upToSeq: sent.seq };
  return [...events, ...answerEvents(session, answer)];
}

/** R57: who leaves keeps nothing; the rules decide anew. */
function agentLeft(session: Session, entry: Of<'agent_left'>): Decision {
  if (!isOpen(session) || session.assignee !== entry.agent) return nothing;
  const { at, agent: from } = entry;
  return {
    events: [{ type: 'Unassigned', at, from, cause: 'agent left', by: null }],
    ask: rules(),
  };
}

function rules(): AssignAsk {
  return { ask: 'assign', how: 'automatic', to: null, by: null, exclude: [], commandId: null };
}

function manual(by: AgentId, to: AgentId[]): Omit<AssignAsk, 'commandId'> {
  return { ask: 'assign', how: 'manual', to, by, exclude: [] };
}

/**
 * R43: what follows a close that has fallen due, but is not done yet, cancels it for good. Before that
 * only messages stop the clock, and those do so by being the last one.
 */
function staysOpen(session: OpenSession, at: Instant, by: 'customer' | 'agent'): SessionEvent[] {
  const dueAt = closeDueAt(session);
  const isDue = session.status === 'closing' || (dueAt !== null && dueAt <= at);
  return isDue ? cancelled(at, by) : [];
}

function cancelClose(session: OpenSession, at: Instant, by: 'customer' | 'agent'): SessionEvent[] {
  return session.status === 'closing' ? cancelled(at, by) : [];
}

function cancelled(at: Instant, by: 'customer' | 'agent'): SessionEvent[] {
  return [{ type: 'CloseCancelled', at, by }];
}
