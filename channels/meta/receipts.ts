/** What happens to a message after it was sent: delivered, read, reacted to. */
import type { Fact } from '#channels/channel.ts';
import { UnusableItem } from '#channels/entry.ts';
import { readMid, type Item } from '#channels/meta/item.ts';
import { asInstant, asList, asText } from '#channels/json.ts';

/** Meta names single messages, a watermark up to which everything arrived, or both. */
export function readDelivered({ customer, body }: Item): Fact {
  const watermark = asInstant(body.watermark);
  const mids = asList(body.mids)
    .map(asText)
    .filter((mid) => mid !== null);
  if (watermark === null && mids.length === 0) {
    throw new UnusableItem('The delivery has neither a watermark nor mids.');
  }
  return { type: 'delivered', customer, watermark, mids };
}

/** The customer has read everything up to the watermark, or up to one message. */
export function readRead({ customer, isOutgoing, body }: Item): Fact {
  if (isOutgoing) return { type: 'ignored', name: 'own_read' };
  const watermark = asInstant(body.watermark);
  const mid = asText(body.mid);
  if (watermark === null && mid === null) {
    throw new UnusableItem('The read has neither a watermark nor a mid.');
  }
  return { type: 'read', customer, watermark, mid };
}

/** A reaction set or, with `unreact`, taken back (null). */
export function readReaction({ customer, isOutgoing, occurredAt, body }: Item): Fact {
  // A reaction of the Page must not pass for the customer's: that would renew the messaging window.
  if (isOutgoing) return { type: 'ignored', name: 'own_reaction' };
  const word = asText(body.emoji) ?? asText(body.reaction) ?? 'other';
  return {
    type: 'reaction',
    customer,
    mid: readMid('reaction', body),
    reaction: body.action === 'unreact' ? null : word,
    occurredAt,
  };
}
