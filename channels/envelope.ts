/** The forms that Meta's envelopes take inside one entry (messaging items and changes), for every network alike. */
import { eventName } from '#channels/entry.ts';
import { asList, asObject, field } from '#channels/json.ts';

/** Something that changed on a Page or account: a comment, a mention, a post. */
export type Change = { name: string; value: unknown };

/** All changes of an entry: listed, flat on the entry itself (Instagram Login), or names only. */
export function changesOf(entry: unknown): Change[] {
  const listed = asList(field(entry, 'changes')).map((change) => ({
    name: eventName(field(change, 'field')),
    value: field(change, 'value'),
  }));
  const flatField = field(entry, 'field');
  const flat =
    flatField === undefined ? [] : [{ name: eventName(flatField), value: field(entry, 'value') }];
  // Names only: the subscription was made without `include_values`.
  const bare = asList(field(entry, 'changed_fields')).map((name) => ({
    name: `changed:${eventName(name)}`,
    value: undefined,
  }));
  return [...listed, ...flat, ...bare];
}

const CIRCUMSTANCES: ReadonlySet<string> = new Set([
  'sender',
  'recipient',
  'timestamp',
  'prior_message',
  'hop_context',
]);

/**
 * The keys of a messaging item that say what happened. Usually one; several have been seen together.
 * An unknown key counts when it holds an object, or when there is nothing else to name the item by.
 */
export function eventsOf(item: unknown, known: { has(key: string): boolean }): string[] {
  const object = asObject(item) ?? {};
  const keys = Object.keys(object).filter((key) => !CIRCUMSTANCES.has(key) && object[key] !== null);
  const events = keys.filter((key) => known.has(key) || asObject(object[key]) !== null);
  return events.length > 0 ? events : keys.slice(0, 1);
}
