/** What an event without our id may be about, and whom it answers: the domain's rules on what the intake knows. */
import type { EchoFact, OwnCommentFact } from '#channels/channel.ts';
import type { NamelessMessage, ThreadCustomer } from '#db/ingest-threads.ts';
import { whomItAnswers } from '#domain/comment.ts';
import type { ChannelId } from '#domain/ids.ts';
import { recogniseOurs } from '#domain/recognise.ts';
import { rootOf } from './conversation.ts';
import type { Arrival } from './known.ts';

/** An echo that brings back nothing by which we would know it: on Instagram that is all of them. */
export function isNamelessEcho({ platform, fact }: Arrival): boolean {
  return platform === 'instagram' && fact.type === 'echo' && fact.metadata === null;
}

/** The customer in whose session the page's own comment belongs; null = nobody's. */
export function answeredIn(
  participants: readonly ThreadCustomer[],
  channelId: ChannelId,
  fact: OwnCommentFact,
): ThreadCustomer | null {
  const root = rootOf(fact);
  const thread = participants
    .filter((one) => one.channelId === channelId && one.root === root)
    .map((one) => ({ ...one, customer: one.externalId, at: one.at.getTime(), participant: one }));
  return whomItAnswers(thread, fact)?.participant ?? null;
}

/** Our message that an echo or the page's own comment shows, if it is one of these. */
export function shownOurs(
  nameless: readonly NamelessMessage[],
  shown: Pick<EchoFact, 'text' | 'occurredAt'>,
): NamelessMessage | null {
  const ours = nameless
    .filter(({ mid }) => mid === null)
    .map((one) => ({ text: one.text, handedOverAt: one.occurredAt.getTime(), message: one }));
  return recogniseOurs(ours, { text: shown.text, at: shown.occurredAt })?.message ?? null;
}
