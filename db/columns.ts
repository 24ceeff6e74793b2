/** Sorts of columns: what is read from them, and what may be written. */
import type { ColumnType } from 'kysely';

export type At = ColumnType<Date, Date | string, Date | string>;
export type MaybeAt = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>;
export type DefaultAt = ColumnType<Date, Date | string | undefined, Date | string>;
/** Written as text, read as parsed JSON. */
export type Json<Value> = ColumnType<Value, string, string>;
/** With a value of its own where none is written. */
export type DefaultJson<Value> = ColumnType<Value, string | undefined, string>;
export type MaybeJson<Value> = ColumnType<Value | null, string | null | undefined, string | null>;
