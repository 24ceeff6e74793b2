/** Private messages in a webhook's entry: the same items for Pages and for Instagram accounts. */
import type { Fact } from '#channels/channel.ts';
import {
  eventName,
  ignored,
  outcomeOf,
  unusable,
  type Entry,
  type Outcome,
} from '#channels/entry.ts';
import { changesOf, eventsOf, type Change } from '#channels/envelope.ts';
import { asId, asList, asObject, field } from '#channels/json.ts';
import { readItem, type Item } from '#channels/meta/item.ts';
import { readEdit, readMessage, readPostback } from '#channels/meta/messages.ts';
import { readDelivered, readReaction, readRead } from '#channels/meta/receipts.ts';

const readers: ReadonlyMap<string, (item: Item) => Fact> = new Map([
  ['message', readMessage],
  ['postback', readPostback],
  ['message_edit', readEdit],
  ['delivery', readDelivered],
  ['read', readRead],
  ['reaction', readReaction],
]);

/**
 * The outcomes of one entry, in the order in which Meta lists them. Nothing here throws for what Meta sends.
 * @param parseChange what the network makes of something that changed: a comment, a post
 */
export function parseEntry(
  entry: Entry,
  parseChange: (change: Change, entry: Entry) => Outcome,
): Outcome[] {
  if (asObject(entry.raw) === null) return [unusable('The entry is not an object.')];
  const outcomes = [
    ...asList(field(entry.raw, 'messaging')).flatMap((raw) => parseMessaging(raw, entry)),
    // Another app holds the conversation: its messages are real, but not ours to answer.
    ...asList(field(entry.raw, 'standby')).map(() => ignored('standby')),
    ...changesOf(entry.raw).map((change) => parseChange(change, entry)),
  ];
  return outcomes.length > 0 ? outcomes : [ignored('empty_entry')];
}

function parseMessaging(raw: unknown, entry: Entry): Outcome[] {
  if (asObject(raw) === null) return [unusable('The messaging item is not an object.')];
  const events = eventsOf(raw, readers);
  if (events.length === 0) return [unusable('The messaging item says nothing of what happened.')];
  // A group's comment comes as a messaging item without sender; its keys name no event.
  if (field(raw, 'group_id') !== undefined) return [ignored('group_feed')];
  return events.map((event) => parseEvent(event, raw, entry));
}

function parseEvent(event: string, raw: unknown, entry: Entry): Outcome {
  const read = readers.get(event);
  if (read === undefined) return ignored(eventName(event));
  // A guest of the chat plugin has no id here: there is nobody to thread the message to.
  if (isGuest(field(raw, 'sender')) || isGuest(field(raw, 'recipient'))) return ignored('user_ref');
  // The account wrote to itself, as Instagram lets it.
  if (field(field(raw, event), 'is_self') === true) return ignored('is_self');
  return outcomeOf(() => read(readItem(event, raw, entry)));
}

function isGuest(person: unknown): boolean {
  return asId(field(person, 'id')) === null && asId(field(person, 'user_ref')) !== null;
}
