import { z } from 'zod';
import { Problem } from '#contracts/errors.ts';

/** Where a page ended: the values that the list is ordered by. Opaque to clients. */
export function encodeCursor(place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws Problem INVALID when it is not one of ours, for this list */
export function decodeCursor<Place extends z.ZodType>(
  cursor: string,
  place: Place,
): z.output<Place> {
  const parsed = place.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success) return parsed.data;
  throw new Problem('INVALID', {
    field: 'cursor',
    message: 'Hand back the cursor of the page before, unchanged, to the same list.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const DAY_LENGTH = '2026-01-31'.length;

/** A timestamp as Postgres writes it: a JavaScript Date would lose the microseconds, and rows with them. */
export const exactTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d ([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,6})?[+-](0\d|1[0-5])(:[0-5]\d)?$/)
  .refine((written) => z.iso.date().safeParse(written.slice(0, DAY_LENGTH)).success);

/** The id of the last row of a page. */
export const placeId = z.string().regex(/^[\w-]{1,64}$/);

/** The first `limit` of rows that were asked for with one more, and the cursor that leads on. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (last: Row) => readonly (string | number | null)[],
): { rows: Row[]; cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { rows: page, cursor: hasMore ? encodeCursor(placeOf(last)) : null };
}
