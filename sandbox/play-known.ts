/** What a request to the sandbox itself names must exist. */
import type { FastifyRequest } from 'fastify';
import type { Context } from '#sandbox/context.ts';
import { PlayError } from '#sandbox/play-error.ts';
import { pathPart } from '#sandbox/request.ts';
import type { Comment, Page, Post } from '#sandbox/world.ts';

/** @throws PlayError 404 */
export function customerOf(request: FastifyRequest, { store }: Context): string {
  const id = pathPart(request, 'id');
  if (!store.world.customers.has(id)) throw unknown('customer', id);
  return id;
}

/** @throws PlayError 404 */
export function requirePage(id: string, { store }: Context): Page {
  const page = store.world.pages.get(id);
  if (page === undefined) throw unknown('Page', id);
  return page;
}

/** @throws PlayError 404 */
export function requirePost(id: string, { store }: Context): Post {
  const post = store.world.posts.get(id);
  if (post === undefined) throw unknown('post', id);
  return post;
}

/** @throws PlayError 404, also for one that was removed */
export function requireComment(id: string, { store }: Context): Comment {
  const comment = store.world.comments.get(id);
  if (comment === undefined || comment.isRemoved) throw unknown('comment', id);
  return comment;
}

export function unknown(what: string, id: string): PlayError {
  return new PlayError(404, `The sandbox has no ${what} ${id}. Create it first.`);
}
