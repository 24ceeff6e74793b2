import { auditPage, auditQuery } from '#contracts/audit.ts';
import { listAudit } from '#db/audit.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

export function auditRoutes(app: Api, { db }: ApiDeps): void {
  app.get(
    '/audit',
    { schema: { querystring: auditQuery, response: answers({ 200: auditPage }, 401, 403) } },
    (request) => {
      mustBeAdmin(request);
      return listAudit(db, personOf(request), request.query);
    },
  );
}
