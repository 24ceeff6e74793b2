import { z } from 'zod';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { isBrowser, whoOf } from '../plugins/who.ts';
import { parsePlace } from '../stream/events.ts';
import { openSink } from '../stream/sink.ts';

const headers = z.object({ 'last-event-id': z.string().max(100).optional() });

const events = {
  description: 'Server-sent events: change, gone, command, reset and beat, see contracts/stream.ts',
  content: { 'text/event-stream': { schema: z.string() } },
};

export function streamRoutes(app: Api, { stream, presence }: ApiDeps): void {
  app.get(
    '/stream',
    {
      schema: { headers, response: answers({ 200: events }, 401) },
    },
    (request, reply) => {
      reply.hijack();
      const sink = openSink(reply.raw);
      const after = parsePlace(request.headers['last-event-id'] ?? '');
      const who = whoOf(request);
      const disconnect = stream.connect({ ...who, sink }, after);
      const { agent } = who.person;
      if (isBrowser(request)) presence.connected(agent);
      reply.raw.once('close', () => {
        disconnect();
        if (isBrowser(request)) presence.dropped(agent);
      });
    },
  );
}
