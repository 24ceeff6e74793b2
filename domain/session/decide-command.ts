import type { AgentId, GroupId, MessageId } from '../ids.ts';
import type { Refusal } from '../refusal.ts';
import { answerEvents, waitEnd } from './answers.ts';
import { byHand, byRules, type AssignAsk } from './ask.ts';
import { cancelClose, staysOpen } from './cancel-close.ts';
import type { Command, Entry } from './entry.ts';
import type { SessionEvent } from './event.ts';
import { isOpen, type OpenSession, type Session } from './session.ts';

/** What follows from an entry: events, perhaps a question, or for what an agent asked a refusal. */
export type Decision = { events: SessionEvent[]; ask?: AssignAsk } | { refused: Refusal };

type CommandEntry = Entry & { kind: 'command' };

export function refuse(code: Refusal['code'], session?: OpenSession): Decision {
  return { refused: session === undefined ? { code } : { code, assignee: session.assignee } };
}

/** What follows from what an agent asked for. */
export function decideCommand(session: Session, entry: CommandEntry): Decision {
  const { command } = entry;
  switch (command.type) {
    case 'done':
      return done(session, entry, command.seenSeq);
    case 'reopen':
      return reopen(session, entry);
    case 'retry':
      return retry(session, entry, command.messageId);
    case 'confirm':
      return command.arrived
        ? confirmArrived(session, entry, command.messageId)
        : retry(session, entry, command.messageId);
    default:
      return isOpen(session) ? decideOpen(session, entry, command) : refuse('SESSION_DONE');
  }
}

/** The commands that only an open session follows. */
type OpenCommand = Exclude<Command, { type: 'done' | 'reopen' | 'retry' | 'confirm' }>;

function decideOpen(session: OpenSession, entry: CommandEntry, command: OpenCommand): Decision {
  switch (command.type) {
    case 'take':
      return putInCharge(session, entry, { agent: entry.agent, from: command.from });
    case 'assign':
      return 'group' in command
        ? distributeWithin(session, entry, command)
        : putInCharge(session, entry, command);
    case 'unassign':
      return unassign(session, entry, command.from);
    case 'supporters':
      return supporters(session, entry, command.agents);
    case 'snooze':
      return snooze(session, entry, command.until);
    case 'unsnooze':
      return unsnooze(session, entry);
  }
}

/** A reply, or the retry of one: on a Done session it opens the next round, on an unassigned one it takes it (R34). */
export function queueReply(
  session: Session,
  sent: Omit<SessionEvent & { type: 'ReplyQueued' }, 'type'>,
): Decision {
  const queued: SessionEvent = { type: 'ReplyQueued', ...sent };
  const { at, agent } = sent;
  const take = byHand(agent, [agent], null);
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

function done(session: Session, entry: CommandEntry, seenSeq: number): Decision {
  if (!isOpen(session)) return { events: [] };
  if (session.lastCustomerSeq > seenSeq) return refuse('NEW_MESSAGE', session);
  const { at, agent: by } = entry;
  return {
    events: [
      ...cancelClose(session, at, 'agent'),
      ...waitEnd(session, 'done', at),
      { type: 'MarkedDone', at, cause: 'agent', by, closingText: 'none' },
    ],
  };
}

function reopen(session: Session, entry: CommandEntry): Decision {
  if (isOpen(session)) return { events: staysOpen(session, entry.at, 'agent') };
  const { at, agent, commandId } = entry;
  const preferred = session.lastAssignee === null ? [agent] : [session.lastAssignee, agent];
  return {
    events: [{ type: 'Opened', at, round: session.round + 1, cause: 'by hand', by: agent }],
    ask: byHand(agent, preferred, commandId),
  };
}

type Charge = { agent: AgentId; from: AgentId | null };

function putInCharge(session: OpenSession, entry: CommandEntry, { agent, from }: Charge): Decision {
  const events = staysOpen(session, entry.at, 'agent');
  if (session.assignee === agent) return { events };
  if (session.assignee !== from) return refuse('TAKEN', session);
  return { events, ask: byHand(entry.agent, [agent], entry.commandId) };
}

/** R34: a group alone is asked for one of its people by the mode; who is in charge is not meant. */
function distributeWithin(
  session: OpenSession,
  entry: CommandEntry,
  { group, from }: { group: GroupId; from: AgentId | null },
): Decision {
  if (session.assignee !== from) return refuse('TAKEN', session);
  const { agent: by, commandId } = entry;
  const exclude = session.assignee === null ? [] : [session.assignee];
  return {
    events: staysOpen(session, entry.at, 'agent'),
    ask: byRules({ how: 'manual', group, by, commandId, exclude }),
  };
}

function unassign(session: OpenSession, entry: CommandEntry, from: AgentId): Decision {
  const events = staysOpen(session, entry.at, 'agent');
  if (session.assignee === null) return { events };
  if (session.assignee !== from) return refuse('TAKEN', session);
  const { at, agent: by } = entry;
  return { events: [...events, { type: 'Unassigned', at, from, cause: 'by hand', by }] };
}

/** R35: who is in charge does not help besides. */
function supporters(session: OpenSession, entry: CommandEntry, wanted: AgentId[]): Decision {
  const { at, agent: by } = entry;
  const next = [...new Set(wanted)].filter((one) => one !== session.assignee);
  const added = next.filter((one) => !session.supporters.includes(one));
  const removed = session.supporters.filter((one) => !next.includes(one));
  const events = staysOpen(session, at, 'agent');
  if (added.length === 0 && removed.length === 0) return { events };
  const changed: SessionEvent = {
    type: 'SupportersChanged',
    at,
    supporters: next,
    added,
    removed,
    cause: 'by hand',
    by,
  };
  return { events: [...events, changed] };
}

/** R59. A time that has passed by now wakes it at once. */
function snooze(session: OpenSession, entry: CommandEntry, until: number): Decision {
  const { at, agent: by } = entry;
  return { events: [...staysOpen(session, at, 'agent'), { type: 'Snoozed', at, until, by }] };
}

function unsnooze(session: OpenSession, entry: CommandEntry): Decision {
  const { at, agent: by } = entry;
  if (session.snoozedUntil === null) return { events: staysOpen(session, at, 'agent') };
  return { events: [{ type: 'Woken', at, since: at, cause: 'agent', by }] };
}

function retry(session: Session, entry: CommandEntry, messageId: MessageId): Decision {
  if (!session.unsent.some((unsent) => unsent.messageId === messageId))
    return refuse('NOTHING_TO_RETRY');
  const { at, seq, agent } = entry;
  return queueReply(session, { at, seq, messageId, agent, retry: true });
}

function confirmArrived(session: Session, entry: CommandEntry, messageId: MessageId): Decision {
  const unsent = session.unsent.find((one) => one.messageId === messageId);
  if (unsent?.how !== 'unconfirmed') return refuse('NOTHING_TO_RETRY');
  const { at } = entry;
  const answer = { at, agent: unsent.author, sentAt: unsent.sentAt, upToSeq: unsent.seq };
  const stays = isOpen(session) ? staysOpen(session, at, 'agent') : [];
  return {
    events: [...stays, { type: 'SendAccepted', at, messageId }, ...answerEvents(session, answer)],
  };
}
