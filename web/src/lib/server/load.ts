import { error, redirect } from '@sveltejs/kit';
import type { ErrorCode } from '#contracts/errors.ts';
import type { Person } from '#db/people.ts';

/** Who is signed in; whoever is not signs in first and comes back. */
export function mustBeSignedIn({ locals, url }: { locals: App.Locals; url: URL }): Person {
  const { person } = locals.page;
  if (person === null) redirect(303, `/login?to=${encodeURIComponent(url.pathname + url.search)}`);
  return person;
}

const statuses: Partial<Record<ErrorCode, number>> = {
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  INVALID: 400,
};

/** Reads for a page; what the reading refuses becomes the page's error. */
export async function orPageError<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (thrown) {
    // The build has its own copy of the class, so that instanceof would not know it.
    const { name, code, message } = thrown as { name?: string; code?: ErrorCode; message: string };
    const status = name === 'Problem' && code !== undefined ? statuses[code] : undefined;
    if (status === undefined) throw thrown;
    error(status, message);
  }
}
