/** Checks that walk through what happened, event by event. */
import type { Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, NEW_SESSION, type Session } from '#domain/session/session.ts';
import type { SessionFacts } from './facts.ts';

/**
 * A session may only be Done over a customer's message that was answered, or that the agent who marked it Done had
 * seen. Read from journal and events, not from what the rules remember of them.
 */
export function doneOnlyWhatWasSeen({ events, journal }: SessionFacts): string[] {
  const broken: string[] = [];
  let session: Session = NEW_SESSION;
  let newest = 0;
  for (const event of events) {
    if (event.type === 'MessageReceived') newest = event.seq;
    if (event.type === 'MarkedDone') {
      if (event.cause === 'clock' && isOpen(session) && session.wait !== null)
        broken.push(
          `closed by the clock over unanswered ${JSON.stringify(session.wait.unanswered)}`,
        );
      if (event.cause === 'agent' && newest > seenBy(event, journal))
        broken.push(`Done over message ${newest} that the agent had not seen`);
    }
    session = evolve(session, event);
  }
  return broken;
}

function seenBy(event: SessionEvent & { type: 'MarkedDone' }, journal: readonly Entry[]): number {
  const seen = journal.flatMap((entry) =>
    entry.kind === 'command' &&
    entry.command.type === 'done' &&
    entry.agent === event.by &&
    entry.at === event.at
      ? [entry.command.seenSeq]
      : [],
  );
  return Math.max(-1, ...seen);
}

/**
 * An arrival is stamped when its insert begins, and there for others to see when that is committed; on a busy machine
 * so much later. Meta has its answer only then.
 */
const COMMIT_MS = 200;

/** What the clock decides, it decides on everything that had arrived here by then (R43, R44). */
export function clocksOverlookNothing({ events, journal }: SessionFacts): string[] {
  return events.flatMap((event, index) => {
    const isClose =
      event.type === 'CloseStarted' || (event.type === 'MarkedDone' && event.cause === 'clock');
    const isTimeout = event.type === 'Assigned' && event.how === 'timeout';
    if (!isClose && !isTimeout) return [];
    const kinds = isClose ? ['customer_message', 'reply', 'command'] : ['reply'];
    const later = new Set(events.slice(index).flatMap((one) => ('seq' in one ? [one.seq] : [])));
    return journal
      .filter(
        ({ kind, at, seq }) => kinds.includes(kind) && at + COMMIT_MS < event.at && later.has(seq),
      )
      .map(({ kind, seq, at }) => `${event.type} at ${event.at} before ${kind} ${seq} of ${at}`);
  });
}

/** Per wait: one warning and one miss (anew after unassigning and snoozing, R45, R59), one escalation, nobody timed out twice. */
export function clocksOnce({ events }: SessionFacts): string[] {
  const told = new Map<string, number>();
  const count = (key: string): void => void told.set(key, (told.get(key) ?? 0) + 1);
  let session: Session = NEW_SESSION;
  let epoch = 0;
  const broken: string[] = [];
  for (const event of events) {
    const wait = isOpen(session) ? session.wait : null;
    switch (event.type) {
      case 'Unassigned':
      case 'WarningLifted':
      case 'Woken':
        epoch += 1;
        break;
      case 'Warned':
      case 'Overdue':
        count(`${event.type} in wait ${wait?.no ?? 0}.${epoch}`);
        break;
      case 'Escalated':
        count(`Escalated in wait ${wait?.no ?? 0}`);
        break;
      case 'Assigned':
        if (event.how === 'timeout' && wait?.tried.includes(event.agent))
          broken.push(`the time-out went back to ${event.agent} in wait ${wait.no}`);
        break;
      default:
        break;
    }
    session = evolve(session, event);
  }
  const twice = [...told].filter(([, times]) => times > 1);
  return [...broken, ...twice.map(([what, times]) => `${what} ${times} times`)];
}
