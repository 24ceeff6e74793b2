/**
 * Values that Postgres does not look into when it plans. For others it would plan anew each time, as long as it hopes to
 * do better by knowing them; and that takes it longer than to read a page of a list.
 */
import { sql, type RawBuilder } from 'kysely';

export function given(ids: readonly string[]): RawBuilder<string[]> {
  return sql<string[]>`((select ${ids}::text[])::text[])`;
}

export function givenOne(id: string): RawBuilder<string> {
  return sql<string>`(select ${id}::text)`;
}
