import { z } from 'zod';
import { historyPage, historyQuery } from '#contracts/history.ts';
import { sessionId } from '#contracts/ids.ts';
import { messagePage, messageQuery } from '#contracts/message.ts';
import {
  countsQuery,
  sessionCounts,
  sessionDetail,
  sessionPage,
  sessionQuery,
} from '#contracts/session.ts';
import { readHistory } from '#db/history.ts';
import { readSession } from '#db/session-detail.ts';
import { countViews } from '#db/session-counts.ts';
import { listSessions } from '#db/session-list.ts';
import { readThread } from '#db/thread.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';
import { workflowOf } from '../workflow-link.ts';

const params = z.strictObject({ id: sessionId });

export function sessionRoutes(app: Api, { db, env }: ApiDeps): void {
  app.get(
    '/sessions',
    { schema: { querystring: sessionQuery, response: answers({ 200: sessionPage }, 401) } },
    (request) => listSessions(db, personOf(request), request.query),
  );

  app.get(
    '/sessions/counts',
    { schema: { querystring: countsQuery, response: answers({ 200: sessionCounts }, 401) } },
    (request) => countViews(db, personOf(request), request.query),
  );

  app.get(
    '/sessions/:id',
    { schema: { params, response: answers({ 200: sessionDetail }, 401, 404) } },
    async (request) => {
      const session = await readSession(db, personOf(request), request.params.id);
      return { ...session, workflow: workflowOf(session, env) };
    },
  );

  app.get(
    '/sessions/:id/messages',
    {
      schema: {
        params,
        querystring: messageQuery,
        response: answers({ 200: messagePage }, 401, 404),
      },
    },
    (request) =>
      readThread(db, personOf(request), { ...request.query, session: request.params.id }),
  );

  app.get(
    '/sessions/:id/history',
    {
      schema: {
        params,
        querystring: historyQuery,
        response: answers({ 200: historyPage }, 401, 404),
      },
    },
    (request) =>
      readHistory(db, personOf(request), { ...request.query, session: request.params.id }),
  );
}
