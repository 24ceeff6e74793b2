/** Which conversation, or which thread, a fact is about. */
import type { Fact } from '#channels/channel.ts';
import type { Conversation } from '#db/ingest.ts';
import type { Told } from '#db/ingest-people.ts';
import type { ThreadKey } from '#db/ingest-threads.ts';
import type { ChannelId } from '#domain/ids.ts';
import type { Arrival } from './known.ts';

/** @returns null for facts that name no customer: a comment's id or thread says whose they are */
export function conversationOf(channelId: ChannelId, fact: Fact): Conversation | null {
  if (!('customer' in fact) || fact.customer === null) return null;
  const { customer: externalId } = fact;
  return fact.type === 'comment'
    ? { channelId, kind: 'comment', post: fact.post.id, externalId }
    : { channelId, kind: 'message', post: '', externalId };
}

/** Names a conversation within its channel. */
export function conversationKey({
  kind,
  post,
  externalId,
}: Omit<Conversation, 'channelId'>): string {
  return JSON.stringify([kind, post, externalId]);
}

export function conversationsOf(arrivals: readonly Arrival[]): Conversation[] {
  const all = arrivals.flatMap(({ channelId, fact }) => conversationOf(channelId, fact) ?? []);
  return [...new Map(all.map((one) => [`${one.channelId}/${conversationKey(one)}`, one])).values()];
}

/** Whether a session is made for it, if there is none. */
export function makesConversation({ fact }: Arrival): boolean {
  return fact.type === 'message' || fact.type === 'echo' || fact.type === 'comment';
}

/** What the facts tell of the people in them, each person once. */
export function peopleIn(arrivals: readonly Arrival[]): Told[] {
  const people = new Map<string, Told>();
  for (const { channelId, fact } of arrivals) {
    const externalId = conversationOf(channelId, fact)?.externalId;
    if (externalId === undefined) continue;
    const person = `${channelId}/${externalId}`;
    const before = people.get(person);
    const told = fact.type === 'comment' ? fact : null;
    people.set(person, {
      channelId,
      externalId,
      name: told?.name ?? before?.name ?? null,
      username: told?.username ?? before?.username ?? null,
      isHidden: told?.isAuthorHidden ?? before?.isHidden ?? false,
    });
  }
  return [...people.values()];
}

/** The top-level comment of the thread in which a comment stands. */
export function rootOf(comment: { mid: string; parent: string | null }): string {
  return comment.parent ?? comment.mid;
}

/** The posts under which the comments stand, and those that were removed: their tombstones are kept by the post's id. */
export function postsOf(arrivals: readonly Arrival[]): { channelId: ChannelId; mid: string }[] {
  const all = arrivals.flatMap(({ channelId, fact }) => {
    if (fact.type === 'post_removed') return [{ channelId, mid: fact.id }];
    return 'post' in fact ? [{ channelId, mid: fact.post.id }] : [];
  });
  return [...new Map(all.map((one) => [`${one.channelId}/${one.mid}`, one])).values()];
}

/** The threads in which the page itself has commented. */
export function threadsOf(arrivals: readonly Arrival[]): ThreadKey[] {
  const all = arrivals.flatMap(({ channelId, fact }) =>
    fact.type === 'own_comment' ? [{ channelId, root: rootOf(fact) }] : [],
  );
  return [...new Map(all.map((one) => [`${one.channelId}/${one.root}`, one])).values()];
}
