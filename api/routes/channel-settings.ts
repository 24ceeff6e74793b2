import {
  assignmentSettings,
  channelParams as params,
  interactionSettings,
  settingsChannels,
  supportSettings,
} from '#contracts/channel-settings.ts';
import { readAssignment, saveAssignment } from '#db/channel-settings-assignment.ts';
import { readInteraction, saveInteraction } from '#db/channel-settings-interaction.ts';
import { readSupport, saveSupport } from '#db/channel-settings-support.ts';
import { listSettingsChannels, mustManage } from '#db/channel-settings.ts';
import { answers, type Api } from '../answers.ts';
import { mustSuitPlatform } from '../automatic-texts.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

/** Settings of channels: one Save per section (R1–R17). */
export function channelSettingsRoutes(app: Api, { db, nudgeLine, stream }: ApiDeps): void {
  app.get(
    '/settings/channels',
    { schema: { response: answers({ 200: settingsChannels }, 401, 403) } },
    (request) => {
      mustBeAdmin(request);
      return listSettingsChannels(db, personOf(request));
    },
  );

  app.get(
    '/settings/channels/:id/support',
    { schema: { params, response: answers({ 200: supportSettings }, 401, 403, 404) } },
    async (request) => {
      await mustManage(db, personOf(request), request.params.id);
      return readSupport(db, request.params.id);
    },
  );

  app.put(
    '/settings/channels/:id/support',
    {
      schema: {
        params,
        body: supportSettings,
        response: answers({ 200: supportSettings }, 401, 403, 404, 409, 415),
      },
    },
    async (request) => {
      await mustManage(db, personOf(request), request.params.id);
      const saved = await saveSupport(db, personOf(request), request.params.id, request.body);
      nudgeLine();
      await stream.recheckRights();
      return saved;
    },
  );

  app.get(
    '/settings/channels/:id/assignment',
    { schema: { params, response: answers({ 200: assignmentSettings }, 401, 403, 404) } },
    async (request) => {
      await mustManage(db, personOf(request), request.params.id);
      return readAssignment(db, request.params.id);
    },
  );

  app.put(
    '/settings/channels/:id/assignment',
    {
      schema: {
        params,
        body: assignmentSettings,
        response: answers({ 200: assignmentSettings }, 401, 403, 404, 409, 415),
      },
    },
    async (request) => {
      await mustManage(db, personOf(request), request.params.id);
      const saved = await saveAssignment(db, personOf(request), request.params.id, request.body);
      nudgeLine();
      await stream.recheckRights();
      return saved;
    },
  );

  app.get(
    '/settings/channels/:id/interaction',
    { schema: { params, response: answers({ 200: interactionSettings }, 401, 403, 404) } },
    async (request) => {
      await mustManage(db, personOf(request), request.params.id);
      return readInteraction(db, request.params.id);
    },
  );

  app.put(
    '/settings/channels/:id/interaction',
    {
      schema: {
        params,
        body: interactionSettings,
        response: answers({ 200: interactionSettings }, 401, 403, 404, 409, 415),
      },
    },
    async (request) => {
      const { platform } = await mustManage(db, personOf(request), request.params.id);
      mustSuitPlatform(platform, request.body);
      return saveInteraction(db, personOf(request), request.params.id, request.body);
    },
  );
}
