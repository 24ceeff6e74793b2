/** Answering comments, and reading the answers back.
 *  Sources: https://developers.facebook.com/docs/graph-api/reference/object/comments,
 *  https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { comment as write } from '#sandbox/comments.ts';
import type { Context } from '#sandbox/context.ts';
import { pageOfToken, VERSION } from '#sandbox/graph-access.ts';
import { failures } from '#sandbox/graph-failure.ts';
import { pathPart, queryPart } from '#sandbox/request.ts';
import { answerSend } from '#sandbox/send-answer.ts';
import { toGraphTime } from '#sandbox/times.ts';
import type { Comment, Page, Platform, Post, World } from '#sandbox/world.ts';

const LONGEST = { facebook: 8_000, instagram: 2_200 } as const;
/** Facebook refuses the same words by the same Page in the same place, for a while. */
const DUPLICATE_WITHIN_MS = 60_000;

const body = z.looseObject({ message: z.string() });

export function registerComments(app: FastifyInstance, context: Context): void {
  for (const [edge, platform] of [
    ['comments', 'facebook'],
    ['replies', 'instagram'],
  ] as const) {
    app.get(`${VERSION}/:comment/${edge}`, async (request) => {
      const { page, comment } = find(request, context, platform);
      if (context.faults.roll('readBackFails')) throw failures.internal();
      if (comment === null) throw failures.noObject(pathPart(request, 'comment'));
      const answers = answersTo(context.store.world, comment);
      return { data: answers.map((one) => details(context.store.world, page, one)) };
    });

    app.post(`${VERSION}/:comment/${edge}`, async (request, reply) => {
      const { page, post, comment } = find(request, context, platform);
      const { faults } = context;
      const scripted = faults.takeScripted(comment?.customer ?? '');
      const text = readText(request, platform);
      if (platform === 'facebook') refuseDuplicate(context.store.world, comment, text);
      const deliver = async () => {
        const { appId } = context;
        const by = { customer: null, isAuthorHidden: false, text, at: Date.now(), appId };
        const { comment: made, told } = write(context, { ...by, post, answered: comment });
        if (faults.roll('echoFirst')) await told;
        return { id: made.id };
      };
      return answerSend({ scripted, faults, page, deliver, reply });
    });
  }
}

type Found = { page: Page; post: Post; comment: Comment | null };

/** What the path names: a comment, or on Facebook a post. @throws GraphFailure 100/33 when there is none (any more) */
function find(request: FastifyRequest, context: Context, platform: Platform): Found {
  const page = pageOfToken(request, context);
  const id = pathPart(request, 'comment');
  const { world } = context.store;
  const comment = world.comments.get(id) ?? null;
  const post = world.posts.get(comment?.post ?? id);
  const isThere = post?.page === page.id && comment?.isRemoved !== true;
  // A post's answers on Instagram are made on another edge than its comments' answers.
  const isOfNetwork = page.platform === platform && (platform === 'facebook' || comment !== null);
  if (post === undefined || !isThere || !isOfNetwork) throw failures.noObject(id);
  return { page, post, comment };
}

function readText(request: FastifyRequest, platform: Platform): string {
  const text = queryPart(request, 'message') ?? body.safeParse(request.body).data?.message ?? '';
  if (text.trim() === '') throw failures.badParameter('Param message must be a non-empty string');
  if (text.length > LONGEST[platform]) throw failures.badParameter('Param message is too long');
  return text;
}

function refuseDuplicate(world: World, answered: Comment | null, text: string): void {
  if (answered === null) return;
  const since = Date.now() - DUPLICATE_WITHIN_MS;
  const isThere = answersTo(world, answered).some(
    (one) => one.customer === null && one.text === text && one.at > since,
  );
  if (isThere) throw failures.duplicate();
}

/** Newest first. Answers to an answer stand under the top-level comment. */
function answersTo(world: World, { id, parent }: Comment): Comment[] {
  return [...world.comments.values()]
    .filter((one) => one.parent === (parent ?? id) && !one.isRemoved)
    .reverse();
}

function details(world: World, page: Page, { id, text, at, customer, isAuthorHidden }: Comment) {
  const author = customer === null ? null : world.customers.get(customer);
  const name = author === null ? page.name : author?.name;
  const from =
    page.platform === 'facebook'
      ? { id: customer ?? page.id, name }
      : { id: customer ?? page.id, username: author === null ? page.name : author?.username };
  return {
    id,
    ...(page.platform === 'facebook'
      ? { message: text, created_time: toGraphTime(at) }
      : { text, timestamp: toGraphTime(at) }),
    ...(isAuthorHidden ? {} : { from }),
  };
}
