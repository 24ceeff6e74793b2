/** JSON from outside: read without losing digits, and looked into without trusting its shape. */
import type { Instant } from '#domain/instant.ts';

export type JsonObject = { readonly [key: string]: unknown };

/** A string, or a bare number too long for a double; strings are matched only to step over them. */
const STRING_OR_LONG_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/gs;
const LONG_NUMBER = /[:[,\s]-?\d{16}/;

/**
 * Like JSON.parse, but a bare integer of 16 digits and more becomes a string with all its digits: ids above 2^53
 * would otherwise turn into the id of somebody else. A reviver with `context.source` would do the same, but it
 * recurses and overflows the stack on deeply nested bodies.
 * @throws SyntaxError when the text is not JSON
 */
export function parseLossless(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!LONG_NUMBER.test(text)) return value;
  return JSON.parse(
    text.replace(STRING_OR_LONG_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`)),
  );
}

/** The value as an object, or null for everything else, arrays included. */
export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
}

/** An own property of an object; undefined for anything else, so that `__proto__` and friends find nothing. */
export function field(value: unknown, key: string): unknown {
  const object = asObject(value);
  return object !== null && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A list as it is, nothing as an empty list, and anything else as a list of one. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A text that Postgres and UTF-8 can hold: NUL and lone surrogates become U+FFFD. Null for what is no text or empty. */
export function asText(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null;
  return value.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** An id as a string, whether it came as a string or as a number; null when it is neither or empty. */
export function asId(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return asText(value);
}

const YEAR_2100 = 4_102_444_800_000;

/**
 * Meta writes times as seconds, as milliseconds, as either in quotes, and as ISO 8601.
 * @returns null for anything else and for times outside 1970–2100, which no database column should have to hold
 */
export function asInstant(value: unknown): Instant | null {
  const time = typeof value === 'string' ? timeOfText(value.trim()) : value;
  if (typeof time !== 'number') return null;
  // Below 1e11 it must be seconds: as milliseconds it would lie before March 1973.
  const instant = Math.round(time < 1e11 ? time * 1_000 : time);
  return instant > 0 && instant < YEAR_2100 ? instant : null;
}

function timeOfText(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const instant = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return instant < 1e11 ? instant / 1_000 : instant;
}
