/** Bodies of webhook deliveries, as Meta writes them.
 *  Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events */
import type { Message, Platform } from '#sandbox/world.ts';

type Parties = { page: string; customer: string };

export function messagePayload(message: Message, platform: Platform = 'facebook'): unknown {
  const { customer, page, at, mid, text } = message;
  return envelope(platform, page, at, {
    sender: { id: customer },
    recipient: { id: page },
    message: { mid, text },
  });
}

/** Instagram's echoes name neither the app nor what it attached. */
export function echoPayload(message: Message, platform: Platform = 'facebook'): unknown {
  const { customer, page, at, mid, text, appId, metadata } = message;
  const isFacebook = platform === 'facebook';
  return envelope(platform, page, at, {
    sender: { id: page },
    recipient: { id: customer },
    message: {
      is_echo: true,
      ...(isFacebook && appId !== null ? { app_id: bareNumber(appId) } : {}),
      ...(isFacebook && metadata !== null ? { metadata } : {}),
      mid,
      text,
    },
  });
}

/** @param at epoch ms: when it arrived, and the watermark */
export function deliveredPayload(message: Message, at: number): unknown {
  const { customer, page, mid } = message;
  return envelope('facebook', page, at, {
    sender: { id: customer },
    recipient: { id: page },
    delivery: { mids: [mid], watermark: at },
  });
}

/** @param at epoch ms: everything up to then was read */
export function readPayload({ page, customer }: Parties, at: number): unknown {
  return envelope('facebook', page, at, {
    sender: { id: customer },
    recipient: { id: page },
    read: { watermark: at },
  });
}

/** Instagram names the last message that was seen. */
export function seenPayload(
  { page, customer, mid }: Parties & { mid: string },
  at: number,
): unknown {
  return envelope('instagram', page, at, {
    sender: { id: customer },
    recipient: { id: page },
    read: { mid },
  });
}

function envelope(platform: Platform, page: string, at: number, item: object): unknown {
  const entry = { id: page, time: Date.now(), messaging: [{ timestamp: at, ...item }] };
  return { object: objectOf(platform), entry: [entry] };
}

/** What Meta calls the kind of account that an envelope is about. */
export function objectOf(platform: Platform): string {
  return platform === 'facebook' ? 'page' : 'instagram';
}

/** Meta writes app ids without quotes. */
function bareNumber(id: string): number | string {
  return Number.isSafeInteger(Number(id)) ? Number(id) : id;
}

/**
 * The bytes as Meta puts them on the wire: everything beyond ASCII, and the slash, escaped. A receiver that
 * checks the signature on anything but the raw bytes fails here as it would at Meta.
 */
export function toWire(payload: unknown): string {
  return JSON.stringify(payload)
    .replaceAll('/', '\\/')
    .replace(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
