/** Plays under the posts of a sandbox, and on its Instagram. */
import { z } from 'zod';
import { createSecretBox } from '#db/secrets.ts';
import type { ChannelId } from '#domain/ids.ts';
import { playCalls } from '#sandbox/sandbox-client.ts';
import { SEED_INSTAGRAM } from '#sandbox/seed.ts';
import type { World } from '#bench/chaos/world.ts';
import { aChannel } from './workspace.ts';

const made = z.object({ id: z.string() });
const written = z.object({ mid: z.string() });
const comments = z.array(
  z.object({
    id: z.string(),
    parent: z.string().nullable(),
    from: z.object({ id: z.string(), isPage: z.boolean() }).nullable(),
    text: z.string(),
    isRemoved: z.boolean(),
  }),
);
const messages = z.array(
  z.object({
    mid: z.string(),
    page: z.string(),
    from: z.enum(['customer', 'page']),
    text: z.string(),
  }),
);

export type Said = { post: string; text: string; parent?: string; at?: number };

export function playAt(url: string) {
  const call = playCalls(url);
  return {
    /** @returns the post's id */
    publish: async (page: string, text: string) =>
      made.parse(await call('POST', `pages/${page}/posts`, { text })).id,
    removePost: (post: string) => call('DELETE', `posts/${post}`),
    /** @returns the comment's id */
    comment: async (customer: string, said: Said) =>
      made.parse(await call('POST', `customers/${customer}/comments`, said)).id,
    /** A colleague comments in Meta's own tools. @returns the comment's id */
    commentElsewhere: async (page: string, said: Said) =>
      made.parse(await call('POST', `pages/${page}/comments`, said)).id,
    edit: (comment: string, text: string) => call('PUT', `comments/${comment}`, { text }),
    remove: (comment: string) => call('DELETE', `comments/${comment}`),
    comments: async (post: string) => comments.parse(await call('GET', `posts/${post}/comments`)),
    /** @returns the message's id */
    writeOnInstagram: async (customer: string, text: string) =>
      written.parse(
        await call('POST', `customers/${customer}/messages`, { page: SEED_INSTAGRAM.id, text }),
      ).mid,
    readOnInstagram: (customer: string) =>
      call('POST', `customers/${customer}/read`, { page: SEED_INSTAGRAM.id }),
    messages: async (customer: string) =>
      messages.parse(await call('GET', `customers/${customer}/messages`)),
  };
}

/** Connects the sandbox's Instagram account, with the team that the Page has. */
export async function connectInstagram({ db, stack, workspace }: World): Promise<ChannelId> {
  const channel = await aChannel(db, {
    platform: 'instagram',
    asset_id: SEED_INSTAGRAM.id,
    name: SEED_INSTAGRAM.name,
    token_cipher: createSecretBox(stack.secretKey).seal(SEED_INSTAGRAM.token),
    team: workspace.agents.map(({ id }) => id),
  });
  return channel;
}
