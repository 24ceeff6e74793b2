/** What happened on a Page: one entry of a webhook in, facts out. Nothing here throws for what Meta sends. */
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
import { readItem, type Item } from '#channels/facebook/item.ts';
import { readEdit, readMessage, readPostback } from '#channels/facebook/messages.ts';
import { readDelivered, readReaction, readRead } from '#channels/facebook/receipts.ts';
import { asId, asList, asObject, field } from '#channels/json.ts';

const readers: ReadonlyMap<string, (item: Item) => Fact> = new Map([
  ['message', readMessage],
  ['postback', readPostback],
  ['message_edit', readEdit],
  ['delivery', readDelivered],
  ['read', readRead],
  ['reaction', readReaction],
]);

/** The outcomes of one entry of object `page`, in the order in which Meta lists them. */
export function parseFacebookEntry(entry: Entry): Outcome[] {
  if (asObject(entry.raw) === null) return [unusable('The entry is not an object.')];
  const outcomes = [
    ...asList(field(entry.raw, 'messaging')).flatMap((raw) => parseMessaging(raw, entry)),
    // Another app holds the conversation: its messages are real, but not ours to answer.
    ...asList(field(entry.raw, 'standby')).map(() => ignored('standby')),
    ...changesOf(entry.raw).map((change) => ignored(nameOf(change))),
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
  // A guest of the chat plugin has no id on this Page: there is nobody to thread the message to.
  if (isGuest(field(raw, 'sender')) || isGuest(field(raw, 'recipient'))) return ignored('user_ref');
  return outcomeOf(() => read(readItem(event, raw, entry)));
}

function isGuest(person: unknown): boolean {
  return asId(field(person, 'id')) === null && asId(field(person, 'user_ref')) !== null;
}

function nameOf({ name, value }: Change): string {
  return name === 'feed' ? `feed:${eventName(field(value, 'item'))}` : name;
}
