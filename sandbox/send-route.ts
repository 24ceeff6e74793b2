/** `POST /{version}/{page}/messages`. Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Context } from '#sandbox/context.ts';
import { deliverToCustomer } from '#sandbox/conversation.ts';
import { pageOfPath, VERSION } from '#sandbox/graph-access.ts';
import { failures } from '#sandbox/graph-failure.ts';
import { answerSend } from '#sandbox/send-answer.ts';
import { threadOf, type Message, type Page, type Platform, type World } from '#sandbox/world.ts';

const HOUR_MS = 3_600_000;
/** Facebook counts characters, Instagram bytes. */
const TEXT = {
  facebook: { longest: 2_000, lengthOf: (text: string) => [...text].length },
  instagram: { longest: 1_000, lengthOf: (text: string) => Buffer.byteLength(text) },
} as const;
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
    const asked = readRequest(request.body, page.platform);
    const customer = asked.recipient.id;
    const scripted = context.faults.takeScripted(customer);
    checkRecipient(context.store.world, page, asked);
    if (asked.message === undefined) return { recipient_id: customer };
    const deliver = async () => {
      const { mid } = await deliverText(context, page, asked);
      return { recipient_id: customer, message_id: mid };
    };
    return answerSend({ scripted, faults: context.faults, page, deliver, reply });
  });
}

function readRequest(body: unknown, platform: Platform): SendRequest {
  const parsed = sendRequest.safeParse(body);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? '';
    throw failures.badParameter(`Invalid parameter: ${path}`);
  }
  const { message, sender_action: action } = parsed.data;
  if ((message === undefined) === (action === undefined)) {
    throw failures.badParameter('Either message or sender_action is required');
  }
  const { longest, lengthOf } = TEXT[platform];
  if (lengthOf(message?.text ?? '') > longest) {
    throw failures.badParameter(
      `Length of param message[text] must be less than or equal to ${longest}`,
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
  if (Date.now() - lastWrittenAt > windowMs) throw failures.outsideWindow(page.platform);
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
