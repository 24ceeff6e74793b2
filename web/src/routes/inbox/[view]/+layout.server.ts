import { error } from '@sveltejs/kit';
import { sessionFilter, sessionQuery } from '#contracts/session.ts';
import { listSessions } from '#db/session-list.ts';
import { mustBeSignedIn, orPageError } from '#lib/server/load.ts';
import { toWire } from '#lib/state/wire.ts';
import type { LayoutServerLoad } from './$types';

const FILTERS = ['channel', 'kind', 'assignee'];

export const load: LayoutServerLoad = async ({ locals, params, url }) => {
  const person = mustBeSignedIn({ locals, url });
  const chosen = FILTERS.map((name) => [name, url.searchParams.get(name)]).filter(
    ([, value]) => value !== null,
  );
  const filter = sessionFilter.safeParse({ view: params.view, ...Object.fromEntries(chosen) });
  if (!filter.success) error(404, 'There is no such list.');
  const query = sessionQuery.parse(filter.data);
  const list = await orPageError(listSessions(locals.page.db, person, query));
  return { query: toWire(filter.data), list: toWire(list) };
};
