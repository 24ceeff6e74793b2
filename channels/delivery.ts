/** From the bytes of one webhook delivery to its items. Pure: the same bytes give the same items with the same numbers. */
import type { Instant } from '#domain/instant.ts';
import { UnreadableDelivery, type DeliveryItem, type Platform } from '#channels/channel.ts';
import { parseFacebookEntry } from '#channels/facebook/parse.ts';
import { eventName, ignored, unusable, type Entry, type Outcome } from '#channels/entry.ts';
import { parseInstagramEntry } from '#channels/instagram/parse.ts';
import { asId, asInstant, asList, asObject, field, parseLossless } from '#channels/json.ts';

type EntryParser = (entry: Entry) => Outcome[];

const parsers: ReadonlyMap<unknown, { platform: Platform; parse: EntryParser }> = new Map([
  ['page', { platform: 'facebook', parse: parseFacebookEntry }],
  ['instagram', { platform: 'instagram', parse: parseInstagramEntry }],
]);

/**
 * What a delivery says, item by item. A bad item is an error of its own and hurts no other.
 * @param receivedAt epoch ms; stands in where Meta gives no time at all
 * @throws UnreadableDelivery when the bytes are no JSON, or JSON that is neither an object nor a list
 */
export function parseDelivery(body: Buffer, receivedAt: Instant | null = null): DeliveryItem[] {
  const envelopes = readBody(body);
  return envelopes
    .flatMap((envelope) => parseEnvelope(envelope, receivedAt))
    .map((item, index) => ({ ...item, index }));
}

function readBody(body: Buffer): readonly unknown[] {
  let value: unknown;
  try {
    value = parseLossless(new TextDecoder().decode(body));
  } catch (error) {
    // Its message quotes the body, which may hold a customer's words. RangeError: a text too long for the scan.
    const kind = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read as JSON';
    throw new UnreadableDelivery(`The body of ${body.length} bytes ${kind}.`);
  }
  if (typeof value !== 'object' || value === null) {
    throw new UnreadableDelivery('The body is JSON, but neither an object nor a list.');
  }
  return Array.isArray(value) ? value : [value];
}

type Unnumbered = Omit<DeliveryItem, 'index'>;

function parseEnvelope(envelope: unknown, receivedAt: Instant | null): Unnumbered[] {
  if (asObject(envelope) === null) {
    return [
      { platform: 'facebook', asset: '', outcome: unusable('The delivery is not an object.') },
    ];
  }
  const object = field(envelope, 'object');
  const parser = parsers.get(object);
  const platform = parser?.platform ?? 'facebook';
  const parse = parser?.parse ?? (() => [ignored(`object:${eventName(object)}`)]);
  return asList(field(envelope, 'entry')).flatMap((raw) => {
    const entry = readEntry(raw, receivedAt);
    return parse(entry).map((outcome) => ({ platform, asset: entry.asset, outcome }));
  });
}

function readEntry(raw: unknown, receivedAt: Instant | null): Entry {
  return {
    asset: asId(field(raw, 'id')) ?? '',
    sentAt: asInstant(field(raw, 'time')) ?? receivedAt,
    raw,
  };
}
