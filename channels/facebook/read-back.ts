/** A conversation and a profile as the Graph API gives them. */
import type { Profile, ReadBack, ReadBackMessage } from '#channels/channel.ts';
import { describeError, readGraphError } from '#channels/facebook/graph-error.ts';
import type { GraphAnswer, GraphRequest } from '#channels/facebook/http.ts';
import { asId, asInstant, asList, asText, field } from '#channels/json.ts';

/** Meta gives details of the 20 newest messages of a conversation; older ones answer as if deleted.
 *  Source: https://developers.facebook.com/docs/messenger-platform/conversations */
const NEWEST = 20;

/** One call for the conversation with one customer. */
export function conversationRequest(asset: string, customer: string): GraphRequest {
  return {
    path: `${encodeURIComponent(asset)}/conversations`,
    query: {
      platform: 'messenger',
      user_id: customer,
      fields: `messages.limit(${NEWEST}){id,created_time,message,from}`,
    },
  };
}

/** Messages without an id or a time are left out: nothing could be recognised by them. */
export function readBackOf(answer: GraphAnswer, asset: string): ReadBack {
  if (answer.kind !== 'answer') return { kind: 'unreadable', detail: answer.detail };
  const { status, body } = answer;
  const conversations = field(body, 'data');
  if (status !== 200 || !Array.isArray(conversations)) {
    const error = readGraphError(body);
    const what = error === null ? 'no list of conversations' : describeError(error);
    return { kind: 'unreadable', detail: `HTTP ${status}, ${what}` };
  }
  const messages = conversations
    .flatMap((conversation) => asList(field(field(conversation, 'messages'), 'data')))
    .map((message) => readMessage(message, asset))
    .filter((message) => message !== null)
    .sort((a, b) => b.createdAt - a.createdAt);
  return { kind: 'messages', messages };
}

function readMessage(message: unknown, asset: string): ReadBackMessage | null {
  const mid = asText(field(message, 'id'));
  const createdAt = asInstant(field(message, 'created_time'));
  if (mid === null || createdAt === null) return null;
  return {
    mid,
    text: asText(field(message, 'message')),
    fromAsset: asId(field(field(message, 'from'), 'id')) === asset,
    createdAt,
  };
}

/** The fields of a profile that need no permission beyond the Page's own. */
export function profileRequest(customer: string): GraphRequest {
  return {
    path: encodeURIComponent(customer),
    query: { fields: 'name,first_name,last_name,profile_pic' },
  };
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
  const name = asText(field(body, 'name')) ?? fullName;
  return { name: name === '' ? null : name, pictureUrl: asText(field(body, 'profile_pic')) };
}
