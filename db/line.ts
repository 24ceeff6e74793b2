/** The waiting line of each channel and kind, and who in it is told that their turn has come (R48). */
import { sql } from 'kysely';
import { placesFree } from '#domain/distribution.ts';
import type { AgentId, ChannelId, SessionId, SessionKind } from '#domain/ids.ts';
import { dueInLine } from '#domain/waiting-line.ts';
import { readLineFacts } from './assignment-facts.ts';
import type { Db, Trx } from './database.ts';
import { standsInLine } from './in-line.ts';
import { tellSessions } from './journal.ts';

/**
 * Says that a place may have become free, or that somebody joined the waiting line: it is examined as soon as this
 * transaction is committed (R48). Cheap, and waits for nobody.
 */
export async function stirLine(trx: Db): Promise<void> {
  await sql`insert into line_stir default values`.execute(trx);
}

/** One process looks through the lines at a time: two would count the same places as free. */
const LINE_LOCK = 4_802;
/** Sessions told in one transaction: their queues are locked meanwhile. */
const CHUNK = 200;
/** A wake that was not used for so long counts as lost, in seconds; the line goes on. */
const WAKE_LAPSES_SECONDS = 30;

export type Examined = {
  /** Sessions that were told. */
  woken: number;
  /** There may be more to tell at once. */
  more: boolean;
};

/**
 * Wakes as many of each line as there are places free, longest waiting first. A session that is woken asks for an
 * assignment like any other, under the rotation's lock: a place that was counted and is gone costs a question, no error.
 */
export function examineLines(db: Db): Promise<Examined> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ got: boolean }>`
      select pg_try_advisory_xact_lock(${LINE_LOCK}) as got`.execute(trx);
    // Who has the lock has not read what stirred us; we come again.
    if (rows[0]?.got !== true) return { woken: 0, more: false };
    // What stirs from here on is committed after the line was read, and stays for the next look.
    await sql`delete from line_stir`.execute(trx);
    const due: SessionId[] = [];
    const lines = await waitingLines(trx);
    for (const line of lines) due.push(...(await dueIn(trx, line)));
    await wake(trx, due);
    return { woken: due.length, more: due.length >= CHUNK };
  });
}

/** Whether somebody asked for a look since the last one. */
export async function isStirred(db: Db): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select exists (select from line_stir) as is`.execute(db);
  return rows[0]?.is ?? false;
}

type Line = { channelId: ChannelId; kind: SessionKind; woken: number };

/** A line stands still while distribution is off (R5). */
async function waitingLines(trx: Trx): Promise<Line[]> {
  const { rows } = await sql<Line>`
    select channel_id as "channelId", session.kind,
      count(*) filter (where line_woken_at > now() - ${WAKE_LAPSES_SECONDS} * interval '1 second')::int as woken
    from session join channel on channel.id = session.channel_id
    where ${standsInLine('session')} and channel.distribution
    group by channel_id, session.kind
  `.execute(trx);
  return rows;
}

async function dueIn(trx: Trx, line: Line): Promise<SessionId[]> {
  const facts = await readLineFacts(trx, line);
  const all: SessionId[] = [];
  // One page, unless somebody at the head is passed over.
  for (let last: Standing | null = null; ;) {
    const woken = line.woken + all.length;
    const places = Math.min(placesFree(facts) - woken, CHUNK);
    if (places <= 0) return all;
    const limit = last === null ? places : CHUNK;
    const page = await asleepIn(trx, line, { last, limit });
    const { due, isOver } = dueInLine(page, ({ tried }) => tried, { facts, woken });
    all.push(...due.map(({ id }) => id));
    last = page.at(-1) ?? null;
    if (isOver || page.length < limit || all.length >= CHUNK) return all;
  }
}

type Standing = { id: SessionId; since: Date; tried: AgentId[] };

/** Who stands there and has not been told, longest waiting first. */
async function asleepIn(
  trx: Trx,
  { channelId, kind }: Line,
  { last, limit }: { last: Standing | null; limit: number },
): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    select id, in_line_since as since, coalesce(state->'wait'->'tried', '[]') as tried from session
    where channel_id = ${channelId} and kind = ${kind} and ${standsInLine('session')}
      and (line_woken_at is null
        or line_woken_at <= now() - ${WAKE_LAPSES_SECONDS} * interval '1 second')
      and ${last === null ? sql`true` : sql`(in_line_since, id) > (${last.since}, ${last.id})`}
    order by in_line_since, id limit ${limit}
  `.execute(trx);
  return rows;
}

async function wake(trx: Trx, ids: readonly SessionId[]): Promise<void> {
  if (ids.length === 0) return;
  const at = await tellSessions(trx, ids, { kind: 'agent_available' });
  await sql`
    update session set line_woken_at = ${at}
    where id = any(${ids}::text[]) and in_line_since is not null
  `.execute(trx);
}
