import { Readable } from 'node:stream';
import { z } from 'zod';
import { sessionFilter } from '#contracts/session.ts';
import { exportSessions, recordExport, type ExportedSession } from '#db/session-export.ts';
import { answers, type Api } from '../answers.ts';
import { BYTE_ORDER_MARK, csvLine, type Cell } from '../csv.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

const table = {
  description: 'The sessions of a list, a line each; instants in UTC',
  content: { 'text/csv': { schema: z.string() } },
};

/** What admins take out for other programs (R55, R56). */
export function exportRoutes(app: Api, { db }: ApiDeps): void {
  app.get(
    '/export/sessions.csv',
    {
      schema: { querystring: sessionFilter, response: answers({ 200: table }, 401, 403) },
    },
    async (request, reply) => {
      mustBeAdmin(request);
      const person = personOf(request);
      await recordExport(db, person, request.query);
      const lines = toLines(exportSessions(db, person, request.query));
      void reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="sessions.csv"');
      // Read only as fast as the line is: what is not taken is not asked for.
      return reply.send(Readable.from(lines) as unknown as string);
    },
  );
}

const COLUMNS: Record<string, (session: ExportedSession) => Cell> = {
  id: ({ id }) => id,
  platform: ({ platform }) => platform,
  channel: ({ channel }) => channel,
  kind: ({ kind }) => kind,
  status: ({ status }) => status,
  customer: ({ customer }) => customer,
  phones: ({ phones }) => phones,
  emails: ({ emails }) => emails,
  'in charge': ({ assignee }) => assignee,
  supporters: ({ supporters }) => supporters,
  labels: ({ labels }) => labels,
  rounds: ({ rounds }) => rounds,
  'created at': (session) => session.created_at,
  'last message at': (session) => session.last_message_at,
  'last text': (session) => session.last_text,
  'waiting since': (session) => session.waiting_since,
  'response due at': (session) => session.due_at,
  'overdue at': (session) => session.overdue_at,
  'snoozed until': (session) => session.snoozed_until,
  'closed at': (session) => session.closed_at,
  'closed by': (session) => session.closed_by,
};

async function* toLines(pages: AsyncIterable<ExportedSession[]>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(Object.keys(COLUMNS));
  for await (const page of pages)
    yield page
      .map((session) => csvLine(Object.values(COLUMNS).map((valueOf) => valueOf(session))))
      .join('');
}
