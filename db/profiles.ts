/** Customers whose platform has not told their name yet. */
import { sql } from 'kysely';
import type { AgentId, ChannelId, CustomerId, SessionId } from '#domain/ids.ts';
import { recordChanges } from './changes.ts';
import type { Db } from './database.ts';

export type ProfileWanted = {
  customerId: CustomerId;
  channelId: ChannelId;
  platform: 'facebook' | 'instagram';
  asset: string;
  tokenCipher: Buffer;
  externalId: string;
};

/**
 * Who is due the longest. Nobody else is given them while they are asked for. Who could not be read is due again
 * after a minute, then after pauses that double.
 */
export async function claimProfiles(db: Db, limit: number): Promise<ProfileWanted[]> {
  const { rows } = await sql<ProfileWanted>`
    with wanted as (
      select id from customer where profile_due_at < clock_timestamp()
      order by profile_due_at limit ${limit} for update skip locked
    )
    update customer c
    set profile_due_at = clock_timestamp() + greatest(interval '1 minute', clock_timestamp() - c.created_at)
    from wanted, channel ch, customer_identity i
    where c.id = wanted.id and ch.id = c.channel_id and i.customer_id = c.id
    returning c.id as "customerId", c.channel_id as "channelId", ch.platform, ch.asset_id as asset,
      ch.token_cipher as "tokenCipher", i.external_id as "externalId"
  `.execute(db);
  return rows;
}

/** Names a customer; who has one of their sessions before them sees it at once. */
export async function storeProfile(
  db: Db,
  customerId: CustomerId,
  profile: { name: string | null; pictureUrl: string | null },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('customer')
      .set((eb) => ({
        // A comment may have told a name that the profile keeps back.
        name: eb.fn.coalesce(eb.val(profile.name), 'name'),
        picture_url: profile.pictureUrl,
        profile_due_at: null,
      }))
      .where('id', '=', customerId)
      .execute();
    const sessions = await trx
      .selectFrom('session')
      .select(['id', 'channel_id', 'assignee_id', 'supporters'])
      .where('customer_id', '=', customerId)
      .execute();
    await recordChanges(trx, sessions.map(changeOf));
  });
}

type Found = {
  id: SessionId;
  channel_id: ChannelId;
  assignee_id: AgentId | null;
  supporters: AgentId[];
};

function changeOf(session: Found) {
  const { channel_id: channel, assignee_id: assignee, supporters } = session;
  const audience = { channel, assignee, supporters };
  const about = {
    topic: 'session' as const,
    sessionId: session.id,
    subjectId: null,
    agentId: null,
  };
  return { ...about, before: audience, after: audience };
}
