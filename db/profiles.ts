/** Customers whose profile was not asked for yet. */
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

/** The oldest customers without a profile, marked as asked for, so that nobody else asks for them. */
export async function claimProfiles(db: Db, limit: number): Promise<ProfileWanted[]> {
  const { rows } = await sql<ProfileWanted>`
    with wanted as (
      select id from customer where profile_read_at is null
      order by created_at limit ${limit} for update skip locked
    )
    update customer c set profile_read_at = clock_timestamp()
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
    .set({ name: profile.name, picture_url: profile.pictureUrl })
    .where('id', '=', customerId)
    .execute();
}
