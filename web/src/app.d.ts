import type { PageContext } from '#lib/server/context.ts';
import type { Prefs } from '#lib/prefs.ts';

declare global {
  namespace App {
    interface Locals {
      page: PageContext;
      prefs: Prefs;
    }
  }
}
