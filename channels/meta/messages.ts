/** Messages of a Page's conversations: from the customer, from the Page, edited, taken back, and buttons pressed. */
import { createHash } from 'node:crypto';
import type { Attachment, Fact } from '#channels/channel.ts';
import { readAttachments } from '#channels/meta/attachments.ts';
import { readMid, type Item } from '#channels/meta/item.ts';
import { asId, asObject, asText, field, type JsonObject } from '#channels/json.ts';

/** Stands where something was sent that the platform does not show to apps, so that the agent looks there. */
export const UNSUPPORTED: Attachment = { kind: 'unsupported', url: null, title: null };

/** @throws UnusableItem without a usable mid */
export function readMessage({ customer, isOutgoing, occurredAt, body }: Item): Fact {
  const mid = readMid('message', body);
  if (body.is_deleted === true) return { type: 'removed', customer, mid };
  const isUnsupported = body.is_unsupported === true;
  const text = isUnsupported ? null : asText(body.text);
  const sent = isUnsupported ? [] : [...readStory(body), ...readAttachments(body)];
  // A message with nothing in it was something to the person who sent it.
  const attachments = text === null && sent.length === 0 ? [UNSUPPORTED] : sent;
  const content = { customer, mid, text, attachments, occurredAt };
  if (!isOutgoing) return { type: 'message', ...content };
  return {
    type: 'echo',
    ...content,
    appId: asId(body.app_id),
    metadata: asText(body.metadata),
  };
}

/** Instagram: the story that the message answers. It vanishes after a day, the answer stays. */
function readStory(body: JsonObject): Attachment[] {
  const story = asObject(field(body.reply_to, 'story'));
  if (story === null) return [];
  return [{ kind: 'story_reply', url: asText(story.url), title: null }];
}

/**
 * A pressed button counts as a message with the button's words. Without a mid its key is made of its parts, so
 * that the same press delivered twice stays one message.
 */
export function readPostback({ customer, occurredAt, body }: Item): Fact {
  const payload = asText(field(body, 'payload'));
  const hash = createHash('sha256')
    .update(payload ?? '')
    .digest('hex')
    .slice(0, 16);
  const hasMid = body.mid !== undefined && body.mid !== null;
  return {
    type: 'message',
    customer,
    mid: hasMid ? readMid('postback', body) : `postback:${customer}:${occurredAt}:${hash}`,
    // The payload is the maker's word for the button; better than an empty bubble when Meta leaves the title out.
    text: asText(body.title) ?? payload,
    attachments: [],
    occurredAt,
  };
}

/** Far above any number of edits that Messenger allows, far below what an integer column holds. */
const MOST_EDITS = 1_000_000;

/** Of several edits the highest number holds; one without a number counts as 0. The text may be withheld (null). */
export function readEdit({ customer, body }: Item): Fact {
  const editNo = Number(asId(body.num_edit));
  return {
    type: 'edited',
    customer,
    mid: readMid('message_edit', body),
    text: asText(body.text),
    editNo: Number.isInteger(editNo) && editNo >= 0 && editNo <= MOST_EDITS ? editNo : 0,
  };
}
