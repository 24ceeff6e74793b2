/** Builds webhook bodies as Meta sends them; a test names only what matters to it. */
import type { DeliveryItem } from '#channels/channel.ts';
import { parseDelivery } from '#channels/delivery.ts';

export const PAGE = '100000000000001';
export const LAN = '24567890123456789';
export const AT = 1_767_225_600_123;

export const fromLan = { sender: { id: LAN }, recipient: { id: PAGE }, timestamp: AT };
export const fromPage = { sender: { id: PAGE }, recipient: { id: LAN }, timestamp: AT };

/** A delivery of one Page entry with these messaging items. */
export function messaging(...items: unknown[]): object {
  return { object: 'page', entry: [{ id: PAGE, time: AT + 400, messaging: items }] };
}

/** A text from Lan. */
export function textFromLan(mid: string, text = 'Còn size M không?'): object {
  return { ...fromLan, message: { mid, text } };
}

export function toBytes(body: unknown): Buffer {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

export function itemsOf(body: unknown): DeliveryItem[] {
  return parseDelivery(toBytes(body));
}

export function outcomesOf(body: unknown): DeliveryItem['outcome'][] {
  return itemsOf(body).map((item) => item.outcome);
}
