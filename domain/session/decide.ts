import type { Instant } from '../instant.ts';
import { answerEvents, beginWait, waitEnd } from './answers.ts';
import { byRules } from './ask.ts';
import { cancelClose, staysOpen } from './cancel-close.ts';
import { decideCommand, queueReply, refuse, type Decision } from './decide-command.ts';
import type { Entry } from './entry.ts';
import { standsInLineSince } from './line.ts';
import type { SessionEvent } from './event.ts';
import { isOpen, type OpenSession, type Session } from './session.ts';
import { judgeReport } from './sends.ts';

type Of<Kind extends Entry['kind']> = Entry & { kind: Kind };

const nothing: Decision = { events: [] };

/** What follows from an entry of the journal. */
export function decide(session: Session, entry: Entry, now: Instant): Decision {
  switch (entry.kind) {
    case 'customer_message':
      return customerMessage(session, entry);
    case 'customer_message_removed':
      return removed(session, entry);
    case 'comments_removed':
      return { events: isOpen(session) ? allRemoved(session, entry.at) : [] };
    case 'reply':
      return reply(session, entry);
    case 'command':
      return entry.expiresAt < now ? refuse('EXPIRED') : decideCommand(session, entry);
    case 'foreign_message':
      return { events: foreignMessage(session, entry) };
    case 'send_outcome':
      return { events: sendOutcome(session, entry) };
    case 'agent_available':
      return standsInLineSince(session) === null
        ? nothing
        : { events: [], ask: byRules({ isWoken: true }) };
    case 'agent_left':
      return isOpen(session) ? agentLeft(session, entry) : nothing;
    case 'settings_changed':
    case 'migrate':
      // Newer settings are loaded before the turn, a newer program by the run: the entries only say so.
      return nothing;
  }
}

function customerMessage(session: Session, entry: Of<'customer_message'>): Decision {
  const { at, seq, messageId } = entry;
  const received: SessionEvent = { type: 'MessageReceived', at, seq, messageId };
  if (isOpen(session)) {
    const begin = session.wait === null ? [beginWait(session, [[seq, at]], at)] : [];
    return {
      events: [...staysOpen(session, at, 'customer'), ...wakes(session, at), received, ...begin],
    };
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
    ask: byRules({ sticky: true }),
  };
}

/** R59: a snoozed session comes back on the customer's message. */
function wakes(session: OpenSession, at: Instant): SessionEvent[] {
  if (session.snoozedUntil === null) return [];
  return [{ type: 'Woken', at, since: at, cause: 'customer', by: null }];
}

function removed(session: Session, entry: Of<'customer_message_removed'>): Decision {
  const isUnanswered =
    isOpen(session) && session.wait?.unanswered.some(([seq]) => seq === entry.ofSeq);
  if (!isOpen(session) || !isUnanswered) return nothing;
  const gone: SessionEvent = { type: 'MessageRemoved', at: entry.at, seq: entry.ofSeq };
  const wasLast = session.wait?.unanswered.length === 1;
  return { events: [gone, ...(wasLast ? waitEnd(session, 'removed', entry.at) : [])] };
}

/** With nothing left to answer the session is Done. */
function allRemoved(session: OpenSession, at: Instant): SessionEvent[] {
  return [
    ...cancelClose(session, at, 'customer'),
    ...waitEnd(session, 'removed', at),
    { type: 'MarkedDone', at, cause: 'removed', by: null, closingText: 'none' },
  ];
}

function reply(session: Session, entry: Of<'reply'>): Decision {
  const { at, seq, messageId, agent } = entry;
  return queueReply(session, { at, seq, messageId, agent, retry: false });
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

/**
 * R57: who leaves keeps nothing; the rules decide anew, without R4. R58: of who is away only what waits goes back;
 * at the end of a shift everything does. A snoozed session waits for nobody, and stays.
 */
function agentLeft(
  session: OpenSession,
  { at, agent, cause = 'left' }: Of<'agent_left'>,
): Decision {
  const helped: SessionEvent[] =
    cause === 'left' && session.supporters.includes(agent)
      ? [leavesSupport(session, { at, agent })]
      : [];
  if (session.assignee !== agent) return { events: helped };
  const keeps =
    cause !== 'left' &&
    (session.snoozedUntil !== null || (cause === 'offline' && session.wait === null));
  if (keeps) return { events: helped };
  const left: SessionEvent = {
    type: 'Unassigned',
    at,
    from: agent,
    cause: cause === 'left' ? 'agent left' : cause,
    by: null,
  };
  // Who is only away might still qualify, and has just given it back.
  const exclude = cause === 'left' ? [] : [agent];
  return { events: [...helped, left], ask: byRules({ exclude, viaLine: true }) };
}

function leavesSupport(
  { supporters }: OpenSession,
  { at, agent }: Pick<Of<'agent_left'>, 'at' | 'agent'>,
): SessionEvent {
  return {
    type: 'SupportersChanged',
    at,
    supporters: supporters.filter((one) => one !== agent),
    added: [],
    removed: [agent],
    cause: 'agent left',
    by: null,
  };
}
