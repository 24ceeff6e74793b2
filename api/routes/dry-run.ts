import { channelParams as params } from '#contracts/channel-settings.ts';
import {
  assignmentDryRun,
  assignmentDryRunRequest,
  clocksDryRun,
  clocksDryRunRequest,
} from '#contracts/dry-run.ts';
import { mustManage } from '#db/channel-settings.ts';
import { dryRunClocks } from '#db/dry-run-clocks.ts';
import { oneAtATime } from '#db/dry-run-slices.ts';
import { dryRunAssignment } from '#db/dry-run.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

/** What a change would have done, before it is saved (R64). Nothing is written. */
export function dryRunRoutes(app: Api, { db }: ApiDeps): void {
  const inTurn = oneAtATime();

  app.post(
    '/settings/channels/:id/assignment/dry-run',
    {
      schema: {
        params,
        body: assignmentDryRunRequest,
        response: answers({ 200: assignmentDryRun }, 401, 403, 404, 415),
      },
    },
    async (request) => {
      const { id } = request.params;
      await mustManage(db, personOf(request), id);
      return inTurn(() => dryRunAssignment(db, id, request.body));
    },
  );

  app.post(
    '/settings/clocks/dry-run',
    {
      schema: {
        body: clocksDryRunRequest,
        response: answers({ 200: clocksDryRun }, 401, 403, 415),
      },
    },
    (request) => {
      mustBeAdmin(request);
      // Of channels of whose team they are not, an admin is told nothing (R23).
      const channels = personOf(request).channels.filter(({ inTeam }) => inTeam);
      return inTurn(() =>
        dryRunClocks(
          db,
          channels.map(({ channel }) => channel),
          request.body,
        ),
      );
    },
  );
}
