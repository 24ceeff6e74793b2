/** What happened on a Page: one entry of a webhook in, facts out. */
import { ignored, type Entry, type Outcome } from '#channels/entry.ts';
import { parseFeed } from '#channels/facebook/feed.ts';
import { parseEntry } from '#channels/meta/messaging.ts';

/** The outcomes of one entry of object `page`, in the order in which Meta lists them. */
export function parseFacebookEntry(entry: Entry): Outcome[] {
  return parseEntry(entry, ({ name, value }) =>
    name === 'feed' ? parseFeed(value, entry) : ignored(name),
  );
}
