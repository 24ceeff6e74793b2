import { migrateAnswer } from '#contracts/upgrade.ts';
import { recordAudit } from '#db/audit.ts';
import { askToMigrate } from '#db/settings-fanout.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

export function upgradeRoutes(app: Api, { db, nudgeRelay }: ApiDeps): void {
  /** After an upgrade that asks for it: every open session goes on in a run of the new program. Repeating is harmless. */
  app.post(
    '/upgrades/sessions',
    { schema: { response: answers({ 200: migrateAnswer }, 401, 403) } },
    async (request) => {
      mustBeAdmin(request);
      const sessions = await askToMigrate(db);
      await recordAudit(db, {
        agent: personOf(request).agent,
        action: 'sessions.migrated',
        subject: { type: 'workspace', id: null },
        after: { sessions },
      });
      nudgeRelay();
      return { sessions };
    },
  );
}
