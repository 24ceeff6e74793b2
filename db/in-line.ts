import { sql, type RawBuilder } from 'kysely';

/**
 * Whether a row of `session` stands in the waiting line (R48): `standsInLineSince` of domain/session/line.ts, over its
 * columns. While it is snoozed or being closed it keeps its place, and does not stand there.
 * @param alias what the query calls the row
 */
export function standsInLine(alias: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  return sql<boolean>`(${column('in_line_since')} is not null and ${column('snoozed_until')} is null
    and ${column('status')} = 'open')`;
}
