import { z } from 'zod';
import { countsQuery } from '#contracts/session.ts';
import { readMe } from '#db/me.ts';
import { countViews } from '#db/session-counts.ts';
import { mustBeSignedIn } from '#lib/server/load.ts';
import { toWire } from '#lib/state/wire.ts';
import type { LayoutServerLoad } from './$types';

const known = z.object(countsQuery.shape).catch({});

export const load: LayoutServerLoad = async ({ locals, url }) => {
  const person = mustBeSignedIn({ locals, url });
  const { db } = locals.page;
  const countsOf = known.parse({
    ...pick(url, 'channel'),
    ...pick(url, 'kind'),
  });
  const [me, counts] = await Promise.all([readMe(db, person), countViews(db, person, countsOf)]);
  return { me: toWire(me), counts: toWire(counts), countsOf: toWire(countsOf), now: Date.now() };
};

function pick(url: URL, name: string): Record<string, string> {
  const value = url.searchParams.get(name);
  return value === null ? {} : { [name]: value };
}
