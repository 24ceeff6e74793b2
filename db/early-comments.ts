/** The page's own replies that were told of before the comment that they answer: kept until that comes. */
import { sql } from 'kysely';
import type { ChannelId } from '#domain/ids.ts';
import type { Trx } from './database.ts';
import type { ThreadKey } from './ingest-threads.ts';
import type { Findings } from './ingest-write.ts';
import type { StoredOwnComment } from './stored.ts';

export type EarlyComment = { channelId: ChannelId; comment: StoredOwnComment };

/** Those that wait for these top-level comments, in the order in which they came. */
export async function earlyComments(
  trx: Trx,
  roots: readonly ThreadKey[],
): Promise<EarlyComment[]> {
  if (roots.length === 0) return [];
  const { rows } = await sql<EarlyComment>`
    select early.channel_id as "channelId", early.comment
    from jsonb_to_recordset(${JSON.stringify(roots)}::jsonb) as w("channelId" text, root text)
    join early_comment early on early.channel_id = w."channelId" and early.root = w.root
    order by early.received_at, early.mid
  `.execute(trx);
  return rows;
}

/** Days. What has not come by then was written before the channel was connected, or under a comment of the page. */
const WAITS_DAYS = 30;

/** Keeps those that wait from now on; what is in its thread by now, or was taken back, is not kept. */
export async function keepEarly(
  trx: Trx,
  { early, messages, tombstones }: Pick<Findings, 'early' | 'messages' | 'tombstones'>,
): Promise<void> {
  await insertEarly(trx, early);
  const shown = messages.filter(({ author, parent }) => author === 'elsewhere' && parent !== null);
  await forget(trx, shown);
  await forgetWords(
    trx,
    tombstones.filter(({ removed }) => removed),
  );
}

async function insertEarly(trx: Trx, early: readonly EarlyComment[]): Promise<void> {
  if (early.length === 0) return;
  await sql`delete from early_comment where received_at < now() - ${WAITS_DAYS} * interval '1 day'`.execute(
    trx,
  );
  const rows = early.map(({ channelId, comment }) => ({
    channel_id: channelId,
    mid: comment.mid,
    root: comment.parent,
    comment: JSON.stringify(comment),
  }));
  await trx
    .insertInto('early_comment')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['channel_id', 'mid']).doNothing())
    .execute();
}

type Shown = { channelId: ChannelId; mid: string };

async function forget(trx: Trx, shown: readonly Shown[]): Promise<void> {
  if (shown.length === 0) return;
  await sql`delete from early_comment early using ${named(shown)}
    where early.channel_id = w."channelId" and early.mid = w.mid`.execute(trx);
}

/** It still is a part of the thread, of which the page's taking part is known. */
async function forgetWords(trx: Trx, removed: readonly Shown[]): Promise<void> {
  if (removed.length === 0) return;
  await sql`
    update early_comment early set comment = early.comment || '{"text": null, "attachments": []}'
    from ${named(removed)} where early.channel_id = w."channelId" and early.mid = w.mid
  `.execute(trx);
}

function named(shown: readonly Shown[]) {
  const mids = shown.map(({ channelId, mid }) => ({ channelId, mid }));
  return sql`jsonb_to_recordset(${JSON.stringify(mids)}::jsonb) as w("channelId" text, mid text)`;
}
