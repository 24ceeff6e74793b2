/** Playing under posts: customers who comment, colleagues who answer in Meta's own tools. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { comment, edit, publish, remove, unpublish } from '#sandbox/comments.ts';
import type { Context } from '#sandbox/context.ts';
import { PlayError } from '#sandbox/play-error.ts';
import { customerOf, requireComment, requirePage, requirePost } from '#sandbox/play-known.ts';
import { pathPart } from '#sandbox/request.ts';
import { toComment, toPost } from '#sandbox/views.ts';
import type { Comment, Post } from '#sandbox/world.ts';

const id = z.string().min(1).max(100);
const text = z.string().min(1).max(20_000);
/** Epoch ms; earlier than now to make old ones. */
const at = z.int().positive().optional();

const postBody = z.strictObject({ text, at });
const commentBody = z.strictObject({
  post: id,
  text,
  parent: id.optional(),
  isHiddenAuthor: z.boolean().default(false),
  at,
});
const pageCommentBody = z.strictObject({ post: id, text, parent: id.optional() });
const editBody = z.strictObject({ text });

export function registerPlayComments(app: FastifyInstance, context: Context): void {
  const { world } = context.store;

  app.post('/pages/:page/posts', async (request, reply) => {
    const page = requirePage(pathPart(request, 'page'), context);
    const { text, at = Date.now() } = postBody.parse(request.body);
    return reply.code(201).send(toPost(world, publish(context, page, { text, at })));
  });

  app.delete('/posts/:post', async (request, reply) => {
    unpublish(context, requirePost(pathPart(request, 'post'), context));
    return reply.code(204).send();
  });

  app.post('/customers/:id/comments', async (request, reply) => {
    const customer = customerOf(request, context);
    const said = commentBody.parse(request.body);
    const by = { customer, isAuthorHidden: said.isHiddenAuthor, appId: null };
    const made = comment(context, {
      ...by,
      ...placeOf(said, context),
      text: said.text,
      at: said.at ?? Date.now(),
    });
    return reply.code(201).send({ id: made.comment.id });
  });

  app.post('/pages/:page/comments', async (request, reply) => {
    const page = requirePage(pathPart(request, 'page'), context);
    const said = pageCommentBody.parse(request.body);
    const place = placeOf(said, context);
    if (place.post.page !== page.id)
      throw new PlayError(409, `${place.post.id} is no post of ${page.name}.`);
    const by = { customer: null, isAuthorHidden: false, appId: null };
    const made = comment(context, { ...by, ...place, text: said.text, at: Date.now() });
    return reply.code(201).send({ id: made.comment.id });
  });

  app.put('/comments/:id', async (request) => {
    const old = requireComment(pathPart(request, 'id'), context);
    const { text } = editBody.parse(request.body);
    if (world.pages.get(old.page)?.platform === 'instagram')
      throw new PlayError(409, 'Instagram does not let anybody edit a comment.');
    edit(context, old, text);
    return toComment(world, requireComment(old.id, context));
  });

  app.delete('/comments/:id', async (request, reply) => {
    remove(context, requireComment(pathPart(request, 'id'), context));
    return reply.code(204).send();
  });
}

function placeOf(
  said: { post: string; parent?: string | undefined },
  context: Context,
): { post: Post; answered: Comment | null } {
  const post = requirePost(said.post, context);
  const answered = said.parent === undefined ? null : requireComment(said.parent, context);
  if (answered !== null && answered.post !== post.id)
    throw new PlayError(409, `The comment ${answered.id} stands under another post.`);
  return { post, answered };
}
