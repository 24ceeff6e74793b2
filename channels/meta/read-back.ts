/** A conversation and a profile as the Graph API gives them. */
import type { Profile, ReadBack, ReadBackMessage } from '#channels/channel.ts';
import { describeError, readGraphError } from '#channels/meta/graph-error.ts';
import type { GraphAnswer, GraphRequest } from '#channels/meta/http.ts';
import { asId, asInstant, asList, asText, field } from '#channels/json.ts';

/** Meta gives details of the 20 newest messages of a conversation; older ones answer as if deleted.
 *  Source: https://developers.facebook.com/docs/messenger-platform/conversations */
const NEWEST = 20;

/** One call for the conversation with one customer. */
export function conversationRequest(
  asset: string,
  customer: string,
  platform: 'messenger' | 'instagram',
): GraphRequest {
  return {
    path: `${encodeURIComponent(asset)}/conversations`,
    query: {
      platform,
      user_id: customer,
      fields: `messages.limit(${NEWEST}){id,created_time,message,from}`,
    },
  };
}

/** Messages without an id or a time are left out: nothing could be recognised by them. */
export function readBackOf(answer: GraphAnswer, asset: string): ReadBack {
  return listOf(answer, asset, (conversations) =>
    conversations.flatMap((one) => asList(field(field(one, 'messages'), 'data'))),
  );
}

/** Answers to a comment that are looked through: the newest, as Facebook lists them; Instagram gives no order. */
const NEWEST_REPLIES = 50;

/** One call for the answers under a comment. @param edge as the network calls them */
export function repliesRequest(comment: string, edge: 'comments' | 'replies'): GraphRequest {
  const query: Record<string, string> =
    edge === 'comments'
      ? { filter: 'stream', order: 'reverse_chronological', fields: 'id,message,from,created_time' }
      : { fields: 'id,text,from,timestamp' };
  return {
    path: `${encodeURIComponent(comment)}/${edge}`,
    query: { ...query, limit: String(NEWEST_REPLIES) },
  };
}

/** Answers without an id or a time are left out, as messages are. */
export function repliesOf(answer: GraphAnswer, asset: string): ReadBack {
  return listOf(answer, asset, (replies) => replies);
}

function listOf(
  answer: GraphAnswer,
  asset: string,
  messagesIn: (data: readonly unknown[]) => readonly unknown[],
): ReadBack {
  if (answer.kind !== 'answer') return { kind: 'unreadable', detail: answer.detail };
  const { status, body } = answer;
  const data = field(body, 'data');
  if (status !== 200 || !Array.isArray(data)) {
    const error = readGraphError(body);
    const what = error === null ? 'no list' : describeError(error);
    return { kind: 'unreadable', detail: `HTTP ${status}, ${what}` };
  }
  const messages = messagesIn(data)
    .map((message) => readMessage(message, asset))
    .filter((message) => message !== null)
    .sort((a, b) => b.createdAt - a.createdAt);
  return { kind: 'messages', messages };
}

function readMessage(message: unknown, asset: string): ReadBackMessage | null {
  const mid = asId(field(message, 'id'));
  const createdAt = asInstant(field(message, 'created_time') ?? field(message, 'timestamp'));
  if (mid === null || createdAt === null) return null;
  return {
    mid,
    // Instagram's comments call it so.
    text: asText(field(message, 'message') ?? field(message, 'text')),
    fromAsset: asId(field(field(message, 'from'), 'id')) === asset,
    createdAt,
  };
}

/** @param fields those that need no permission beyond the account's own */
export function profileRequest(customer: string, fields: string): GraphRequest {
  return { path: encodeURIComponent(customer), query: { fields } };
}

/** "This person has no profile", for example an account made from a phone number only. */
const NO_PROFILE = 2_018_218;

/** @returns null when the profile cannot be had now; null fields when there is nothing to have */
export function profileOf(answer: GraphAnswer): Profile | null {
  if (answer.kind !== 'answer') return null;
  const { status, body } = answer;
  if (readGraphError(body)?.subcode === NO_PROFILE) return { name: null, pictureUrl: null };
  if (status !== 200 || typeof body !== 'object' || body === null) return null;
  const names = [asText(field(body, 'first_name')), asText(field(body, 'last_name'))];
  const fullName = names.filter((name) => name !== null).join(' ');
  const name =
    asText(field(body, 'name')) ?? (fullName === '' ? asText(field(body, 'username')) : fullName);
  return { name, pictureUrl: asText(field(body, 'profile_pic')) };
}
