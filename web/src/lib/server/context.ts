import type { IncomingMessage } from 'node:http';
import type { SessionDetail } from '#contracts/session.ts';
import type { Db } from '#db/database.ts';
import type { Person } from '#db/people.ts';

/** What the API process hands to a page: who looks, and where to read. */
export type PageContext = {
  db: Db;
  /** Null: nobody is signed in. */
  person: Person | null;
  /** Logs a fault of ours. */
  report: (error: unknown) => void;
  workflowOf: (session: Pick<SessionDetail, 'id' | 'channelId'>) => SessionDetail['workflow'];
};

/** The API puts it on the request (api/pages.ts); a symbol of the registry, because the build has modules of its own. */
const PLACE = Symbol.for('everthread.page');

/** @throws Error when the pages are not served by the API */
export function pageContextOf(request: IncomingMessage | undefined): PageContext {
  const context = (request as { [PLACE]?: PageContext } | undefined)?.[PLACE];
  if (context === undefined) throw new Error('The pages are served by the API: npm start.');
  return context;
}
