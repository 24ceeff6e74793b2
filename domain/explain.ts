import type { Instant } from './instant.ts';
import { nextDueAt, runningClocks, type ClockName } from './session/clocks.ts';
import type { SessionEvent } from './session/event.ts';
import { holdsClocks, isOpen, type OpenSession, type Session } from './session/session.ts';

const CLOCKS: Record<ClockName, string> = {
  close: 'closes by itself',
  reassign: 'goes to another agent',
  warning: 'is about to be overdue',
  overdue: 'is overdue',
  wake: 'comes back',
};

/** What a clock does to the session when it falls due. */
export function effectOf(clock: ClockName): string {
  return CLOCKS[clock];
}

/** A session in plain words, for operators: ids and times, no personal data. */
export function explain(session: Session, recent: readonly SessionEvent[]): string {
  return [
    `**${session.status}**, round ${String(session.round)}, journal applied to ${String(session.lastSeq)}`,
    ...(isOpen(session) ? explainOpen(session) : []),
    ...runningClocks(session).map(
      ({ clock, at }) => `If nothing happens it ${CLOCKS[clock]} at ${time(at)}`,
    ),
    session.sends.length > 0
      ? `${String(session.sends.length)} message(s) on the way, next look at ${time(nextDueAt(session))}`
      : null,
    recent.length > 0 ? '\nLast decisions:' : null,
    ...recent.map((event) => `- ${time(event.at)} ${describe(event)}`),
  ]
    .filter((line) => line !== null)
    .join('\n\n');
}

function explainOpen(session: OpenSession): (string | null)[] {
  const { assignee, supporters, inLineSince, snoozedUntil, wait } = session;
  return [
    `In charge: ${assignee ?? 'nobody'}`,
    supporters.length > 0 ? `Supported by ${supporters.join(', ')}` : null,
    inLineSince === null ? null : `In the waiting line since ${time(inLineSince)}`,
    wait === null ? null : `The customer has been waiting since ${time(wait.startedAt)}`,
    wait?.overdueAt == null ? null : `Overdue since ${time(wait.overdueAt)}`,
    snoozedUntil === null ? null : 'Snoozed: its clocks stand still',
    snoozedUntil === null && holdsClocks(session)
      ? 'Its clocks are held: a reply is on its way'
      : null,
  ];
}

function describe(event: SessionEvent): string {
  switch (event.type) {
    case 'Assigned':
      return `Assigned to ${event.agent} (${event.how}, assignment ${String(event.no)})`;
    case 'NotAssigned':
      return `Nobody assigned: ${event.cause}`;
    case 'Unassigned':
      return `Unassigned from ${event.from}: ${event.cause}`;
    case 'SupportersChanged':
      return `Supporters: ${event.supporters.join(', ') || 'nobody'}`;
    case 'Snoozed':
      return `Snoozed until ${time(event.until)} by ${event.by}`;
    case 'Woken':
      return `Woken: ${event.cause}`;
    case 'Escalated':
      return `Escalated: ${event.cause}`;
    case 'MarkedDone':
      return `Done by ${event.by ?? event.cause}`;
    default:
      return event.type;
  }
}

function time(at: Instant | null): string {
  return at === null ? 'no time' : new Date(at).toISOString();
}
