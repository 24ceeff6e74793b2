import { clockSettings } from '#contracts/settings.ts';
import { readClocks, saveClocks } from '#db/settings.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin } from '../plugins/who.ts';

export function settingsRoutes(app: Api, { db, nudgeRelay }: ApiDeps): void {
  app.get(
    '/settings/clocks',
    { schema: { response: answers({ 200: clockSettings }, 401, 403) } },
    (request) => {
      mustBeAdmin(request);
      return readClocks(db);
    },
  );

  app.put(
    '/settings/clocks',
    {
      schema: {
        body: clockSettings,
        response: answers({ 200: clockSettings }, 401, 403, 409, 415),
      },
    },
    async (request) => {
      mustBeAdmin(request);
      const saved = await saveClocks(db, request.body);
      nudgeRelay();
      return saved;
    },
  );
}
