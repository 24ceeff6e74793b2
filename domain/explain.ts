import type { Instant } from './instant.ts';
import { nextDueAt, runningClocks, type ClockName } from './session/clocks.ts';
import type { SessionEvent } from './session/event.ts';
import { isOpen, type Session } from './session/session.ts';

const CLOCKS: Record<ClockName, string> = {
  close: 'closes by itself',
  reassign: 'goes to another agent',
  warning: 'is about to be overdue',
  overdue: 'is overdue',
};

/** A session in plain words, for operators: ids and times, no personal data. */
export function explain(session: Session, recent: readonly SessionEvent[]): string {
  return [
    `**${session.status}**, round ${String(session.round)}, journal applied to ${String(session.lastSeq)}`,
    isOpen(session) ? `In charge: ${session.assignee ?? 'nobody'}` : null,
    isOpen(session) && session.inLineSince !== null
      ? `In the waiting line since ${time(session.inLineSince)}`
      : null,
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

function describe(event: SessionEvent): string {
  switch (event.type) {
    case 'Assigned':
      return `Assigned to ${event.agent} (${event.how}, assignment ${String(event.no)})`;
    case 'NotAssigned':
      return `Nobody assigned: ${event.cause}`;
    case 'MarkedDone':
      return `Done by ${event.by ?? event.cause}`;
    default:
      return event.type;
  }
}

function time(at: Instant | null): string {
  return at === null ? 'no time' : new Date(at).toISOString();
}
