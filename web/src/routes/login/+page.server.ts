import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  const to = ownPath(url.searchParams.get('to'));
  if (locals.page.person !== null) redirect(303, to);
  return { to };
};

/** Never to another site, whatever the address says. */
function ownPath(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : '/inbox/main';
}
