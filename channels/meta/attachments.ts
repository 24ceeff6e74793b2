import type { Attachment } from '#channels/channel.ts';
import { asId, asList, asObject, asText, field, type JsonObject } from '#channels/json.ts';

type Found = Attachment & { stickerId: string | null };

/**
 * The attachments of a message. Until 30 August 2026 Meta sent every sticker twice, as an image and as a sticker;
 * afterwards only as a sticker. Either way it is one attachment of kind 'sticker' here.
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages
 */
export function readAttachments(message: JsonObject): Attachment[] {
  const found = asList(message.attachments)
    .filter((raw) => asObject(raw) !== null)
    .map(readOne);
  const stickers = found.filter((one) => one.kind === 'sticker');
  const kept = found.filter((one) => {
    const first = stickers.find((sticker) => isSameSticker(one, sticker));
    return first === undefined || first === one;
  });
  // An old form names the sticker on the message and attaches nothing.
  if (kept.length === 0 && asId(message.sticker_id) !== null) {
    return [{ kind: 'sticker', url: null, title: null }];
  }
  return kept.map(({ kind, url, title }) => ({ kind, url, title }));
}

function readOne(raw: unknown): Found {
  const payload = field(raw, 'payload');
  const stickerId = asId(field(payload, 'sticker_id'));
  const kind = asText(field(raw, 'type')) ?? 'unknown';
  return {
    kind: stickerId === null ? kind : 'sticker',
    // Links carry their address on the attachment itself, in one old form in capitals.
    url: asText(field(payload, 'url')) ?? asText(field(raw, 'url')) ?? asText(field(raw, 'URL')),
    title: titleOf(raw, payload),
    stickerId,
  };
}

/** The same sticker once more, or a plain image with its address. */
function isSameSticker(one: Found, sticker: Found): boolean {
  if (one.kind !== 'sticker' && one.kind !== 'image') return false;
  const hasSameId = one.stickerId !== null && one.stickerId === sticker.stickerId;
  return one === sticker || hasSameId || (one.url !== null && one.url === sticker.url);
}

function titleOf(raw: unknown, payload: unknown): string | null {
  const elements = field(payload, 'elements') ?? field(field(payload, 'product'), 'elements');
  return (
    asText(field(raw, 'title')) ??
    asText(field(payload, 'title')) ??
    asText(field(asList(elements)[0], 'title')) ??
    placeOf(field(payload, 'coordinates'))
  );
}

function placeOf(coordinates: unknown): string | null {
  const latitude = field(coordinates, 'lat');
  const longitude = field(coordinates, 'long');
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
  return `${latitude}, ${longitude}`;
}
