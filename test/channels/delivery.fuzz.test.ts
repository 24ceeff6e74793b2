import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnreadableDelivery, type DeliveryItem } from '#channels/channel.ts';
import { parseDelivery } from '#channels/delivery.ts';
import { LAN, PAGE, toBytes } from './bodies.ts';

const text = fc.string({ unit: 'binary' });
const anything = fc.anything({ withNullPrototype: true, maxDepth: 3 });
const id = fc.oneof(fc.constantFrom(PAGE, LAN, 5, '', null), text, anything);
const mid = fc.oneof(fc.constantFrom('m_1', 7, '', null), text);
const party = fc.oneof(fc.record({ id }), fc.record({ user_ref: text }), anything);
const attachment = fc.record({ type: text, payload: anything, url: text, title: text });
const body = fc.record(
  {
    mid,
    text,
    is_echo: fc.boolean(),
    is_deleted: fc.boolean(),
    attachments: fc.oneof(fc.array(fc.oneof(attachment, anything)), anything),
    watermark: anything,
    mids: fc.oneof(fc.array(mid), anything),
    action: fc.constantFrom('react', 'unreact'),
    emoji: text,
    payload: text,
    num_edit: anything,
    metadata: text,
    app_id: id,
  },
  { requiredKeys: [] },
);
const event = fc.oneof(body, anything);
const item = fc.record(
  {
    sender: party,
    recipient: party,
    timestamp: fc.oneof(fc.integer(), fc.date().map(String), anything),
    message: event,
    postback: event,
    delivery: event,
    read: event,
    reaction: event,
    message_edit: event,
    [`other`]: anything,
  },
  { requiredKeys: [] },
);
const list = fc.oneof(fc.array(fc.oneof(item, anything)), anything);
const entry = fc.record(
  {
    id,
    time: anything,
    messaging: list,
    standby: list,
    changes: list,
    field: text,
    value: anything,
  },
  { requiredKeys: [] },
);
const delivery = fc.record(
  {
    object: fc.constantFrom('page', 'instagram', 'user'),
    entry: fc.array(fc.oneof(entry, anything)),
  },
  { requiredKeys: ['object'] },
);

/** All strings inside, at any depth. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function expectClean(items: DeliveryItem[]): void {
  expect(items.map((one) => one.index)).toEqual(items.map((_, at) => at));
  const strings = stringsIn(items);
  expect(strings.filter((one) => one.includes('\0') || !one.isWellFormed())).toEqual([]);
  expect(
    stringsIn(items.map((one) => one.outcome)).filter((one) => one.startsWith('The parser failed')),
  ).toEqual([]);
}

describe('whatever comes', () => {
  test('a body in Meta’s form gives items without NUL and without faults of the parser', () => {
    fc.assert(
      fc.property(fc.oneof(delivery, fc.array(delivery)), (sent) => {
        const json = JSON.stringify(sent, (_key, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        );
        expectClean(parseDelivery(toBytes(json)));
      }),
      { numRuns: 200 },
    );
  });

  test('any JSON and any bytes give items, or are unreadable', () => {
    const bytes = fc.oneof(
      fc.json().map((json) => Buffer.from(json)),
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    );
    fc.assert(
      fc.property(bytes, (sent) => {
        try {
          expectClean(parseDelivery(sent));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableDelivery);
        }
      }),
      { numRuns: 300 },
    );
  });
});
