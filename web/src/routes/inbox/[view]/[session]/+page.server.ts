import { error } from '@sveltejs/kit';
import { sessionId } from '#contracts/ids.ts';
import { messageQuery } from '#contracts/message.ts';
import { readSession } from '#db/session-detail.ts';
import { readThread } from '#db/thread.ts';
import { mustBeSignedIn, orPageError } from '#lib/server/load.ts';
import { toWire } from '#lib/state/wire.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const person = mustBeSignedIn({ locals, url });
  const { db, workflowOf } = locals.page;
  const id = sessionId.safeParse(params.session);
  if (!id.success) error(404, 'There is no such session.');
  const query = { ...messageQuery.parse({}), session: id.data };
  const [session, messages] = await orPageError(
    Promise.all([readSession(db, person, id.data), readThread(db, person, query)]),
  );
  return {
    detail: toWire({ ...session, workflow: workflowOf(session) }),
    messages: toWire(messages),
  };
};
