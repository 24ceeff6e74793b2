/** Sees clocks act: when each act stood in the database, and when it was due by the session's own state. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '#db/database.ts';
import type { SessionId } from '#domain/ids.ts';
import { runningClocks, type ClockName } from '#domain/session/clocks.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { NEW_SESSION, type Session } from '#domain/session/session.ts';

export type Act = { session: SessionId; clock: ClockName; dueAt: number; seenAt: number };

export type DueWatch = {
  acts: readonly Act[];
  /** To be said before any of the session's clocks is due. */
  follow(id: SessionId): void;
  stop(): Promise<void>;
};

const LOOK_EVERY_MS = 15;

type Followed = { session: Session; version: number };
type Row = { id: SessionId; version: number; event: SessionEvent };

/** Follows sessions until it is stopped; Postgres has to stay up. */
export function watchDue(db: Db): DueWatch {
  const followed = new Map<SessionId, Followed>();
  const acts: Act[] = [];
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const rows = await newEvents(db, followed);
      const seenAt = Date.now();
      for (const row of rows) take(followed, acts, { ...row, seenAt });
      await sleep(LOOK_EVERY_MS);
    }
  };
  const ended = run();
  return {
    acts,
    follow: (id) => void followed.set(id, { session: NEW_SESSION, version: 0 }),
    stop() {
      stopped = true;
      return ended;
    },
  };
}

async function newEvents(db: Db, followed: ReadonlyMap<SessionId, Followed>): Promise<Row[]> {
  const known = [...followed].map(([id, { version }]) => ({ id, version }));
  const { rows } = await sql<Row>`
    select e.session_id as id, e.version, e.event
    from jsonb_to_recordset(${JSON.stringify(known)}::jsonb) as known(id text, version int)
    join session_event e on e.session_id = known.id and e.version > known.version
    order by e.session_id, e.version, e.n
  `.execute(db);
  return rows;
}

function take(
  followed: Map<SessionId, Followed>,
  acts: Act[],
  { id, version, event, seenAt }: Row & { seenAt: number },
): void {
  const before = followed.get(id)?.session ?? NEW_SESSION;
  const clock = clockOf(event);
  const due = runningClocks(before).find((one) => one.clock === clock);
  if (due !== undefined) acts.push({ session: id, clock: due.clock, dueAt: due.at, seenAt });
  followed.set(id, { session: evolve(before, event), version });
}

/** Whose doing an event is; null = no clock's. */
function clockOf(event: SessionEvent): ClockName | null {
  switch (event.type) {
    case 'Warned':
      return 'warning';
    case 'Overdue':
      return 'overdue';
    case 'Assigned':
    case 'NotAssigned':
      return event.how === 'timeout' ? 'reassign' : null;
    case 'CloseStarted':
      return 'close';
    case 'MarkedDone':
      return event.cause === 'clock' ? 'close' : null;
    default:
      return null;
  }
}
