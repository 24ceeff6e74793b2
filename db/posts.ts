/** What is known of the posts under which people comment. */
import { sql } from 'kysely';
import type { ChannelId } from '#domain/ids.ts';
import type { Trx } from './database.ts';

/** What was told of a post; what was not told leaves what is known. */
export type NewPost = {
  channelId: ChannelId;
  id: string;
  text: string | null;
  permalink: string | null;
};

export async function writePosts(trx: Trx, posts: readonly NewPost[]): Promise<void> {
  if (posts.length === 0) return;
  // One row each, so that one statement may write them: the last that was told of something counts.
  const merged = new Map<string, NewPost>();
  for (const post of posts) {
    const key = JSON.stringify([post.channelId, post.id]);
    const { text, permalink } = merged.get(key) ?? post;
    merged.set(key, { ...post, text: post.text ?? text, permalink: post.permalink ?? permalink });
  }
  await sql`
    insert into post (channel_id, external_id, text, permalink)
    select p."channelId", p.id, p.text, p.permalink
    from jsonb_to_recordset(${JSON.stringify([...merged.values()])}::jsonb)
      as p("channelId" text, id text, text text, permalink text)
    on conflict (channel_id, external_id) do update set
      text = coalesce(excluded.text, post.text), permalink = coalesce(excluded.permalink, post.permalink)
    where (excluded.text, excluded.permalink) is distinct from (post.text, post.permalink)
  `.execute(trx);
}
