/** What narrows a list beside its view (R20), as conditions on rows of `session`. */
import { sql, type RawBuilder } from 'kysely';
import type { SessionFilter } from '#contracts/session.ts';
import { HOUR } from '#domain/instant.ts';
import { windowOpenUntil } from '#domain/messaging-window.ts';
import { hasPhoneNumber } from './customer-contacts.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';

/** "Window closing soon": it is open for so long at most. */
const CLOSING_WITHIN_MS = 2 * HOUR;

export type Filters = Pick<
  SessionFilter,
  'label' | 'post' | 'from' | 'to' | 'hasPhone' | 'closing'
>;

/** Those that are given; a session must pass them all. */
export function conditionsOf(filters: Filters): RawBuilder<boolean>[] {
  const { label, post, from, to, hasPhone, closing } = filters;
  const conditions = [
    label !== undefined &&
      sql<boolean>`exists (select from session_label where session_id = session.id and label_id = ${label})`,
    post !== undefined && sql<boolean>`session.post_id = ${post}`,
    from !== undefined && sql<boolean>`session.last_message_at >= ${from}`,
    to !== undefined && sql<boolean>`session.last_message_at < ${to}`,
    hasPhone !== undefined && (hasPhone ? hasPhoneNumber : sql<boolean>`not ${hasPhoneNumber}`),
    closing !== undefined && (closing ? isClosing : sql<boolean>`(${isClosing}) is not true`),
  ];
  return conditions.filter((condition) => condition !== false);
}

/** From a customer's last event until the window closes. */
const WINDOW_MS = windowOpenUntil(0) ?? 0;

/** Comments are bound by no window (R26). */
const isClosing = sql<boolean>`session.kind = 'message'
  and session.window_from > now() - ${sql.lit(WINDOW_MS)} * interval '1 millisecond'
  and session.window_from <= now() - ${sql.lit(WINDOW_MS - CLOSING_WITHIN_MS)} * interval '1 millisecond'`;

/** The person with no other channels than those of a platform. */
export async function onPlatform(
  db: Db,
  person: Person,
  platform: SessionFilter['platform'],
): Promise<Person> {
  if (platform === undefined) return person;
  const rows = await db
    .selectFrom('channel')
    .select('id')
    .where('platform', '=', platform)
    .execute();
  const ids = new Set(rows.map(({ id }) => id));
  return { ...person, channels: person.channels.filter(({ channel }) => ids.has(channel)) };
}
