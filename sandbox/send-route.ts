/** `POST /{version}/{page}/messages`. Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api */
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Context } from '#sandbox/context.ts';
import { deliverToCustomer } from '#sandbox/conversation.ts';
import type { ScriptedFault, SendFault } from '#sandbox/faults.ts';
import { pageOfPath, VERSION } from '#sandbox/graph-access.ts';
import { failures, GraphFailure } from '#sandbox/graph-failure.ts';
import { threadOf, type Message, type Page, type World } from '#sandbox/world.ts';

const HOUR_MS = 3_600_000;
const LONGEST_TEXT = 2_000;
const LONGEST_METADATA = 1_000;

const sendRequest = z.looseObject({
  recipient: z.looseObject({ id: z.string().min(1) }),
  messaging_type: z.enum(['RESPONSE', 'UPDATE', 'MESSAGE_TAG']).default('RESPONSE'),
  tag: z.string().optional(),
  message: z.looseObject({ text: z.string().min(1), metadata: z.string().optional() }).optional(),
  sender_action: z.enum(['typing_on', 'typing_off', 'mark_seen']).optional(),
});

type SendRequest = z.infer<typeof sendRequest>;

export function registerSend(app: FastifyInstance, context: Context): void {
  app.post(`${VERSION}/:page/messages`, async (request, reply) => {
    const page = pageOfPath(request, context);
    const asked = readRequest(request.body);
    const customer = asked.recipient.id;
    const scripted = context.faults.takeScripted(customer);
    checkRecipient(context.store.world, page, asked);
    if (asked.message === undefined) return { recipient_id: customer };
    const deliver = () => deliverText(context, page, asked);
    if (scripted?.error !== undefined) return answerAsScripted(scripted, deliver);
    const fault = scripted?.fault ?? context.faults.rollSend();
    return answer(fault, { page, deliver, reply, stallMs: context.faults.settings().stallMs });
  });
}

function readRequest(body: unknown): SendRequest {
  const parsed = sendRequest.safeParse(body);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? '';
    throw failures.badParameter(`Invalid parameter: ${path}`);
  }
  const { message, sender_action: action } = parsed.data;
  if ((message === undefined) === (action === undefined)) {
    throw failures.badParameter('Either message or sender_action is required');
  }
  if ([...(message?.text ?? '')].length > LONGEST_TEXT) {
    throw failures.badParameter(
      `Length of param message[text] must be less than or equal to ${LONGEST_TEXT}`,
    );
  }
  if ((message?.metadata ?? '').length >= LONGEST_METADATA) {
    throw failures.badParameter(
      `Length of param message[metadata] must be less than ${LONGEST_METADATA}`,
    );
  }
  return parsed.data;
}

/** The Page knows only who wrote to it, and may answer for 24 hours; a person for 7 days with the Human Agent tag. */
function checkRecipient(world: World, page: Page, asked: SendRequest): void {
  const thread = threadOf(world, page.id, asked.recipient.id);
  const lastWrittenAt = thread.findLast((message) => message.from === 'customer')?.at;
  if (lastWrittenAt === undefined) throw failures.noPerson();
  const isHumanAgent = asked.messaging_type === 'MESSAGE_TAG' && asked.tag === 'HUMAN_AGENT';
  const windowMs = isHumanAgent ? 7 * 24 * HOUR_MS : 24 * HOUR_MS;
  if (Date.now() - lastWrittenAt > windowMs) throw failures.outsideWindow();
}

async function deliverText(context: Context, page: Page, asked: SendRequest): Promise<Message> {
  const { message, echoed } = deliverToCustomer(context, {
    page: page.id,
    customer: asked.recipient.id,
    text: asked.message?.text ?? '',
    appId: context.appId,
    metadata: asked.message?.metadata ?? null,
  });
  if (context.faults.roll('echoFirst')) await echoed;
  return message;
}

type Deliver = () => Promise<Message>;

async function answerAsScripted(scripted: ScriptedFault, deliver: Deliver): Promise<never> {
  if (scripted.isDelivered) await deliver();
  const error = { message: 'As scripted', type: 'OAuthException', code: 1, ...scripted.error };
  throw new GraphFailure(error, scripted.status, scripted.headers);
}

async function answer(
  fault: SendFault | null,
  {
    page,
    deliver,
    reply,
    stallMs,
  }: {
    page: Page;
    deliver: Deliver;
    reply: FastifyReply;
    stallMs: number;
  },
): Promise<unknown> {
  if (fault === 'refuse5xxBefore') throw failures.internal();
  if (fault === 'transient') throw failures.transient();
  if (fault === 'rateLimit') throw failures.rateLimit(page.id);
  const { mid, customer } = await deliver();
  const sent = { recipient_id: customer, message_id: mid };
  switch (fault) {
    case null:
      return sent;
    case 'maybeSent':
      throw failures.maybeSent();
    case 'fail5xxAfter':
      return reply.code(500).type('text/html').send('<!DOCTYPE html><title>Error</title>');
    case 'truncate': {
      const json = JSON.stringify(sent);
      return reply.type('application/json').send(json.slice(0, json.length / 2));
    }
    case 'resetAfter':
      reply.hijack();
      reply.raw.destroy();
      return undefined;
    case 'stall':
      await wait(stallMs, undefined, { ref: false });
      return sent;
  }
}
