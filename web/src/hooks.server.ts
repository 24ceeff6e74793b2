import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { PREFS_COOKIE, readPrefs } from '#lib/prefs.ts';
import { pageContextOf } from '#lib/server/context.ts';

export const handle: Handle = async ({ event, resolve }) => {
  event.locals.page = pageContextOf(event.platform?.req);
  const prefs = readPrefs(
    event.cookies.get(PREFS_COOKIE),
    event.request.headers.get('accept-language'),
  );
  event.locals.prefs = prefs;
  const response = await resolve(event, {
    transformPageChunk: ({ html }) =>
      html
        .replace('%lang%', prefs.lang)
        .replace('%theme%', prefs.theme)
        .replace('%density%', prefs.density),
  });
  // Every page is somebody's own.
  response.headers.set('cache-control', 'private, no-store');
  response.headers.set('referrer-policy', 'same-origin');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
};

export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind === 'unknown') pageContextOf(event.platform?.req).report(error);
};
