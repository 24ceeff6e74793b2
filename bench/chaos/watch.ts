/** Waits for sessions to be in some state: one query for all who wait, so that waiting is no load of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '#db/database.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import type { Session } from '#domain/session/session.ts';

/** A session as its database row has it. */
export type Look = {
  id: SessionId;
  /** The customer's id at the Page. */
  customer: string;
  status: 'open' | 'closing' | 'done';
  assignee: AgentId | null;
  round: number;
  state: Session | null;
  appliedSeq: number;
  startSeq: number;
  lastSeq: number;
  /** Acceptance of the newest outgoing message. */
  sent: number;
};

export type SessionWatch = {
  /** @throws when it is not so in time */
  until(customer: string, what: string, isSo: (look: Look) => boolean): Promise<Look>;
  stop(): void;
};

type Waiting = {
  customer: string;
  isSo: (look: Look) => boolean;
  resolve: (look: Look) => void;
  reject: (error: Error) => void;
  what: string;
  end: number;
  seen: Look | null;
};

const LOOK_EVERY_MS = 15;
const PATIENCE_MS = 60_000;

export function watchSessions(db: Db): SessionWatch {
  const waiting = new Set<Waiting>();
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      await sleep(LOOK_EVERY_MS);
      if (waiting.size === 0) continue;
      // Postgres may be the one that was killed: the next look finds it back, or the time is up.
      const looks = await lookAt(
        db,
        [...waiting].map((one) => one.customer),
      ).catch(() => new Map<string, Look>());
      for (const one of waiting) settle(one, looks);
    }
  };
  const settle = (one: Waiting, looks: ReadonlyMap<string, Look>): void => {
    one.seen = looks.get(one.customer) ?? one.seen;
    if (one.seen !== null && one.isSo(one.seen)) {
      waiting.delete(one);
      one.resolve(one.seen);
    } else if (Date.now() > one.end) {
      waiting.delete(one);
      one.reject(new Error(`Waited in vain until ${one.what}: ${JSON.stringify(one.seen)}`));
    }
  };
  void run();
  return {
    until: (customer, what, isSo) =>
      new Promise((resolve, reject) => {
        const end = Date.now() + PATIENCE_MS;
        waiting.add({ customer, isSo, resolve, reject, what, end, seen: null });
      }),
    stop() {
      stopped = true;
    },
  };
}

/** The message sessions of these customers, by the customer's id at the Page. */
export async function lookAt(db: Db, customers: readonly string[]): Promise<Map<string, Look>> {
  const { rows } = await sql<Look>`
    select s.id, i.external_id as customer, s.status, s.assignee_id as assignee, s.round, s.state,
      s.applied_seq as "appliedSeq", s.start_seq as "startSeq", q.last_seq as "lastSeq",
      (select count(*)::int from message m where m.session_id = s.id and m.direction = 'out'
        and m.state in ('sent', 'delivered', 'seen')) as sent
    from customer_identity i
    join session s on s.customer_id = i.customer_id
    join session_queue q on q.session_id = s.id
    where i.external_id = any(${[...new Set(customers)]}::text[])
  `.execute(db);
  return new Map(rows.map((row) => [row.customer, row]));
}

/** Everything that its workflow is to know, it knows. */
export function isTakenIn({ status, state, appliedSeq, startSeq, lastSeq }: Look): boolean {
  if (state === null) return false;
  return status === 'done' ? startSeq <= appliedSeq : appliedSeq === lastSeq;
}

/** And nothing of it is on its way, nor about to wake. */
export function isQuiet(look: Look): boolean {
  return isTakenIn(look) && look.state?.sends.length === 0 && !isStirring(look.state);
}

function isStirring(state: Session): boolean {
  return state.status === 'closing' || (state.status === 'open' && state.snoozedUntil !== null);
}
