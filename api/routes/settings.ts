import { clockSettings } from '#contracts/settings.ts';
import { workspaceSettings } from '#contracts/workspace-settings.ts';
import { readClocks, saveClocks } from '#db/settings.ts';
import { readWorkspaceSettings, saveWorkspaceSettings } from '#db/workspace-settings.ts';
import { answers, type Api } from '../answers.ts';
import { mustSuitAllPlatforms } from '../automatic-texts.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

/** Settings of the whole workspace. */
export function settingsRoutes(app: Api, { db, nudgeRelay, nudgeLine }: ApiDeps): void {
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
      mustSuitAllPlatforms('autoClose.text', request.body.autoClose.text);
      const saved = await saveClocks(db, personOf(request).agent, request.body);
      nudgeRelay();
      return saved;
    },
  );

  app.get(
    '/settings/workspace',
    { schema: { response: answers({ 200: workspaceSettings }, 401, 403) } },
    (request) => {
      mustBeAdmin(request);
      return readWorkspaceSettings(db);
    },
  );

  app.put(
    '/settings/workspace',
    {
      schema: {
        body: workspaceSettings,
        response: answers({ 200: workspaceSettings }, 401, 403, 409, 415),
      },
    },
    async (request) => {
      mustBeAdmin(request);
      const saved = await saveWorkspaceSettings(db, personOf(request).agent, request.body);
      nudgeRelay();
      nudgeLine();
      return saved;
    },
  );
}
