/** Customers whose platform has not told their name yet. */
import { sql } from 'kysely';
import type { ChannelId, CustomerId } from '#domain/ids.ts';
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

export async function storeProfile(
  db: Db,
  customerId: CustomerId,
  profile: { name: string | null; pictureUrl: string | null },
): Promise<void> {
  await db
    .updateTable('customer')
    .set({ name: profile.name, picture_url: profile.pictureUrl, profile_due_at: null })
    .where('id', '=', customerId)
    .execute();
}
