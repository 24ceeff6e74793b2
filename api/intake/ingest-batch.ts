import type { DeliveryItem, Fact, OwnCommentFact } from '#channels/channel.ts';
import { decideAutomatic } from '#db/automation.ts';
import type { Trx } from '#db/database.ts';
import { earlyComments } from '#db/early-comments.ts';
import {
  channelsByAsset,
  knownMessages,
  lockSessions,
  tombstonesOf,
  type KnownSession,
} from '#db/ingest.ts';
import { ensureConversations, rememberNames, rememberUsernames } from '#db/ingest-people.ts';
import {
  customersInThreads,
  namelessMessages,
  sessionsOfMids,
  sessionsUnder,
  shownComments,
} from '#db/ingest-threads.ts';
import { writeFindings, type NewItem } from '#db/ingest-write.ts';
import type { ChannelId, SessionId } from '#domain/ids.ts';
import {
  conversationKey,
  conversationsOf,
  makesConversation,
  peopleIn,
  postsOf,
  threadsOf,
} from './conversation.ts';
import { behindTheirRoots, rootsIn } from './early.ts';
import type { Arrival } from './known.ts';
import { planIngest } from './plan.ts';
import { answeredIn, isNamelessEcho } from './recognise.ts';

/** An item of a delivery on its way in. */
export type Incoming = DeliveryItem & { deliveryId: number; receivedAt: Date };

export type Apps = { ourAppId: string; inboxAppIds: readonly string[] };

/** How many items of which delivery were parked. */
export type Ingested = { parkedItems: Map<number, number> };

/** Takes a batch of items in, in their order, in the caller's transaction. Items that were taken in before change nothing. */
export async function ingestBatch(
  trx: Trx,
  incoming: readonly Incoming[],
  apps: Apps,
): Promise<Ingested> {
  const channels = await channelsByAsset(trx, incoming);
  const sorted = incoming.map((item) => sort(item, channels));
  const told = sorted.flatMap((one) => ('arrival' in one ? [one.arrival] : []));
  const arrivals = behindTheirRoots(told, await earlyComments(trx, rootsIn(told)));
  const parked = sorted.flatMap((one) => ('parked' in one ? [one.parked] : []));

  const opening = arrivals.filter(makesConversation);
  const people = peopleIn(opening);
  await ensureConversations(trx, conversationsOf(opening), people);
  await rememberUsernames(trx, people);
  const sessions = await lockSessions(
    trx,
    conversationsOf(arrivals),
    await sessionsBehind(trx, arrivals),
  );
  await rememberNames(trx, people);
  const mids = arrivals.flatMap(({ channelId, fact }) =>
    'mid' in fact && fact.mid !== null ? [{ channelId, mid: fact.mid }] : [],
  );
  const ours = arrivals.flatMap(({ fact }) =>
    fact.type === 'echo' && fact.metadata !== null ? [fact.metadata] : [],
  );
  const threads = threadsOf(arrivals);
  const findings = planIngest(arrivals, {
    sessions,
    messages: [
      ...(await knownMessages(trx, mids, ours)),
      ...(await shownComments(trx, losing(arrivals, sessions))),
    ],
    tombstones: await tombstonesOf(trx, [...mids, ...postsOf(arrivals)]),
    nameless: await namelessMessages(trx, { sessions: echoing(arrivals, sessions), threads }),
    participants: await customersInThreads(trx, threads),
    ...apps,
  });
  await writeFindings(
    trx,
    { ...findings, items: [...findings.items, ...parked] },
    new Map(sessions.map((session) => [session.id, session])),
  );
  await decideAutomatic(trx, findings);
  return { parkedItems: countParked(parked) };
}

function countParked(items: readonly NewItem[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { state, deliveryId } of items)
    if (state === 'parked') counts.set(deliveryId, (counts.get(deliveryId) ?? 0) + 1);
  return counts;
}

type Sorted = { arrival: Arrival } | { parked: NewItem };

function sort(item: Incoming, channels: ReadonlyMap<string, ChannelId>): Sorted {
  const { deliveryId, index, receivedAt, platform, asset, outcome } = item;
  const park = (error: string): Sorted => ({
    parked: { deliveryId, index, state: 'parked', name: null, error, customerId: null },
  });
  if ('error' in outcome) return park(outcome.error);
  const channelId = channels.get(`${platform}/${asset}`);
  if (channelId !== undefined)
    return { arrival: { deliveryId, index, receivedAt, channelId, platform, fact: outcome.fact } };
  if (outcome.fact.type !== 'ignored')
    return park(`No channel is connected for ${platform} ${asset}: connect it and replay`);
  const { name } = outcome.fact;
  return { parked: { deliveryId, index, state: 'ignored', name, error: null, customerId: null } };
}

/**
 * Sessions that facts are about without naming their customer: the page's own comments, and what became of comments.
 * Read before the sessions are locked, as those must be locked in one go.
 */
async function sessionsBehind(trx: Trx, arrivals: readonly Arrival[]): Promise<SessionId[]> {
  const mids = arrivals.flatMap(({ channelId, fact }) =>
    isAboutComment(fact) ? [{ channelId, mid: fact.mid }] : [],
  );
  const threads = threadsOf(arrivals);
  const participants = await customersInThreads(trx, threads);
  const answered = arrivals.flatMap(({ channelId, fact }) =>
    fact.type === 'own_comment' ? (answeredIn(participants, channelId, fact)?.sessionId ?? []) : [],
  );
  const nameless = await namelessMessages(trx, { sessions: [], threads });
  const removedPosts = arrivals.flatMap(({ channelId, fact }) =>
    fact.type === 'post_removed' ? [{ channelId, post: fact.id }] : [],
  );
  return [
    ...(await sessionsOfMids(trx, mids)),
    ...(await sessionsUnder(trx, removedPosts)),
    ...answered,
    ...nameless.map(({ sessionId }) => sessionId),
  ];
}

type AboutComment = OwnCommentFact | (Fact & { type: 'edited' | 'removed' });

function isAboutComment(fact: Fact): fact is AboutComment {
  if (fact.type === 'own_comment') return true;
  return (fact.type === 'edited' || fact.type === 'removed') && fact.customer === null;
}

/** The comment sessions of which something may be removed: what still stands in them decides whether they go on. */
function losing(arrivals: readonly Arrival[], sessions: readonly KnownSession[]): SessionId[] {
  const isRemoval = ({ fact }: Arrival) =>
    fact.type === 'post_removed' || (fact.type === 'removed' && fact.customer === null);
  if (!arrivals.some(isRemoval)) return [];
  return sessions.filter(({ kind }) => kind === 'comment').map(({ id }) => id);
}

/** Conversations in which an echo came without our id: Instagram's never carry it. */
function echoing(arrivals: readonly Arrival[], sessions: readonly KnownSession[]): SessionId[] {
  const keys = new Set(
    conversationsOf(arrivals.filter(isNamelessEcho)).map(
      (one) => `${one.channelId}/${conversationKey(one)}`,
    ),
  );
  return sessions
    .filter((one) => keys.has(`${one.channelId}/${conversationKey(one)}`))
    .map(({ id }) => id);
}
