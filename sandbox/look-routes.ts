/** Looking on: posts with their threads, what one customer sees, and what happened lately. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Context } from '#sandbox/context.ts';
import { customerOf, requirePost } from '#sandbox/play-known.ts';
import { pathPart, queryPart } from '#sandbox/request.ts';
import { toComment, toEvent, toPage, toPost } from '#sandbox/views.ts';
import { commentsOf, threadOf, type Post, type World } from '#sandbox/world.ts';

const eventsQuery = z.object({
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});

export function registerLook(app: FastifyInstance, context: Context): void {
  const { world, log } = context.store;

  app.get('/posts', async (request) => {
    const page = queryPart(request, 'page');
    return newestPosts(world)
      .filter((post) => page === undefined || post.page === page)
      .map((post) => toPost(world, post));
  });

  app.get('/posts/:post/comments', async (request) => {
    const post = requirePost(pathPart(request, 'post'), context);
    return commentsOf(world, post.id).map((one) => toComment(world, one));
  });

  app.get('/customers/:id/view', async (request) => {
    const id = customerOf(request, context);
    return {
      customer: world.customers.get(id),
      conversations: conversationsWith(world, id),
      posts: newestPosts(world).map((post) => ({
        post: toPost(world, post),
        comments: commentsOf(world, post.id).map((one) => toComment(world, one)),
      })),
    };
  });

  app.get('/events', async (request) => {
    const { after, limit } = eventsQuery.parse(request.query);
    const found = log.after(after ?? null, limit);
    return {
      events: found.map((one) => toEvent(world, one)),
      next: found.at(-1)?.seq ?? log.newest(),
      oldest: log.oldest(),
    };
  });
}

function newestPosts(world: World): Post[] {
  return [...world.posts.values()].sort((a, b) => b.at - a.at);
}

function conversationsWith(world: World, customer: string) {
  return [...world.pages.values()]
    .map((page) => ({ page: toPage(page), messages: threadOf(world, page.id, customer) }))
    .filter(({ messages }) => messages.length > 0)
    .sort((a, b) => (b.messages.at(-1)?.at ?? 0) - (a.messages.at(-1)?.at ?? 0));
}
