/** How a call that sends something is answered: as Meta would, or with the fault that was ordered. */
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Faults, ScriptedFault } from '#sandbox/faults.ts';
import { failures, GraphFailure } from '#sandbox/graph-failure.ts';
import type { Page } from '#sandbox/world.ts';

export type Sending = {
  scripted: ScriptedFault | null;
  faults: Faults;
  page: Page;
  /** Lets it arrive. @returns what Meta answers then */
  deliver: () => Promise<object>;
  reply: FastifyReply;
};

export async function answerSend(sending: Sending): Promise<unknown> {
  const { scripted, faults, page, deliver, reply } = sending;
  if (scripted?.error !== undefined) return answerAsScripted(scripted, deliver);
  const fault = scripted?.fault ?? faults.rollSend();
  if (fault === 'refuse5xxBefore') throw failures.internal();
  if (fault === 'transient') throw failures.transient();
  if (fault === 'rateLimit') throw failures.rateLimit(page.id);
  const sent = await deliver();
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
      await wait(faults.settings().stallMs, undefined, { ref: false });
      return sent;
  }
}

async function answerAsScripted(
  scripted: ScriptedFault,
  deliver: Sending['deliver'],
): Promise<never> {
  if (scripted.isDelivered) await deliver();
  const error = { message: 'As scripted', type: 'OAuthException', code: 1, ...scripted.error };
  throw new GraphFailure(error, scripted.status, scripted.headers);
}
