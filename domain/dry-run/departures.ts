import type { Happening, RecordedSession } from './compare.ts';
import type { Timeline } from './timeline.ts';
import type { AgentId, SessionId } from '../ids.ts';
import { MINUTE, type Instant } from '../instant.ts';
import type { LeavingCause } from '../session/entry.ts';
import type { SessionEvent, UnassignedCause } from '../session/event.ts';

type Left = Happening & { type: 'left' };
type HandedBack = { at: Instant; session: SessionId };

/** The departures of a period, found by what was handed back in each (R57, R58). */
export type Departures = {
  note(session: RecordedSession, event: SessionEvent): void;
  addTo(happenings: Timeline): void;
};

/** The sessions of who left are told one portion after the other: so far apart are two of one departure at most. */
const ONE_DEPARTURE_MS = MINUTE;

export function createDepartures(): Departures {
  const handedBack = new Map<string, { agent: AgentId; cause: LeavingCause; by: HandedBack[] }>();
  return {
    note({ id }, event) {
      if (event.type !== 'Unassigned') return;
      const cause = leavingCause(event.cause);
      if (cause === null) return;
      const key = `${cause} ${event.from}`;
      const known = handedBack.get(key) ?? { agent: event.from, cause, by: [] };
      known.by.push({ at: event.at, session: id });
      handedBack.set(key, known);
    },
    addTo(happenings) {
      for (const { agent, cause, by } of handedBack.values())
        for (const one of departuresOf(by)) happenings.add({ type: 'left', agent, cause, ...one });
    },
  };
}

/** As what it was told to the session; null = nobody left. */
export function leavingCause(cause: UnassignedCause): LeavingCause | null {
  if (cause === 'by hand') return null;
  return cause === 'agent left' ? 'left' : cause;
}

/** Each just before the first session was handed back: what became free by that came after it. */
function departuresOf(all: readonly HandedBack[]): Pick<Left, 'at' | 'handedBack'>[] {
  const found: { at: Instant; handedBack: Set<SessionId> }[] = [];
  let last = -Infinity;
  for (const { at, session } of all.toSorted((one, other) => one.at - other.at)) {
    const open = at - last > ONE_DEPARTURE_MS ? undefined : found.at(-1);
    if (open === undefined) found.push({ at: at - 1, handedBack: new Set([session]) });
    else open.handedBack.add(session);
    last = at;
  }
  return found;
}
