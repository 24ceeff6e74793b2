/** What went out: at most once each, and what the inbox says of it is what the customer got. */
import type { MessageState } from '#db/stored.ts';
import { ACCEPTED } from '#domain/accepted.ts';
import type { SessionFacts, StoredMessage } from './facts.ts';

const UNDECIDED: readonly MessageState[] = ['queued', 'sending'];

/** Compares the platform's thread with the stored messages, by the id that each carries as metadata. */
export function outgoingIsHonest(facts: SessionFacts): string[] {
  const { messages } = facts;
  const ours = messages.filter(({ author }) => author === 'agent' || author === 'system');
  return [
    ...ours.flatMap((message) => honestAbout(message, facts)),
    ...strangers(facts),
    ...inOrder(facts),
    ...closingTexts(facts),
  ];
}

function honestAbout({ id, state, author }: StoredMessage, { thread }: SessionFacts): string[] {
  const times = thread.filter((message) => message.metadata === id).length;
  const broken: string[] = [];
  if (times > 1) broken.push(`${author}'s ${id} reached the customer ${times} times`);
  if (times === 0 && ACCEPTED.includes(state)) broken.push(`${id} is ${state}, but never arrived`);
  if (times > 0 && !ACCEPTED.includes(state)) broken.push(`${id} arrived, but is ${state}`);
  if (UNDECIDED.includes(state)) broken.push(`${id} is still ${state}`);
  return broken;
}

function strangers({ thread, messages }: SessionFacts): string[] {
  const known = new Set<string>(messages.map(({ id }) => id));
  return thread
    .filter(({ from, metadata }) => from === 'page' && metadata !== null && !known.has(metadata))
    .map(({ mid }) => `the customer got ${mid}, which nobody wrote here`);
}

/** A later message waits for an earlier one up to this long, then goes. */
const HEAD_OF_LINE_MS = 60_000;

function inOrder({ thread, messages }: SessionFacts): string[] {
  const byId = new Map<string, StoredMessage>(
    messages.flatMap((message) => (message.author === 'agent' ? [[message.id, message]] : [])),
  );
  const arrived = thread.flatMap(({ metadata, at }) => {
    const message = metadata === null ? undefined : byId.get(metadata);
    return message === undefined ? [] : [{ ...message, at }];
  });
  return arrived.flatMap((one, index) => {
    const later = arrived.slice(0, index).find((before) => before.seq > one.seq);
    return later !== undefined && later.at - later.receivedAt.getTime() < HEAD_OF_LINE_MS
      ? [`reply ${later.seq} arrived before reply ${one.seq}`]
      : [];
  });
}

/** At most one text per close, and none for a close that was silent. */
function closingTexts({ thread, messages, events }: SessionFacts): string[] {
  const texts = messages.filter(({ author }) => author === 'system');
  const closes = events.filter(({ type }) => type === 'CloseStarted').length;
  const got = thread.filter(({ metadata }) => texts.some(({ id }) => id === metadata)).length;
  return texts.length === closes && got <= closes
    ? []
    : [`${closes} closes with a text, ${texts.length} texts, ${got} reached the customer`];
}
