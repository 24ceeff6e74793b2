/** How messages stand in the thread: day lines, groups, and replies under the comment that they answer. */
import type { ThreadMessage } from '#lib/state/session-thread.svelte.ts';
import { dayKey } from '#lib/ui/times.ts';

/** One message and what is drawn around it. */
export type Row = {
  message: ThreadMessage;
  /** The day line above it; null = the same day as the one before. */
  day: string | null;
  /** First of a group: the author is named here. */
  startsGroup: boolean;
  /** Last of a group: the time and the state stand here. */
  endsGroup: boolean;
  /** It stands under the comment that it answers. */
  isReply: boolean;
  /** Of another day than the line above says: its own date is shown. */
  isOfOtherDay: boolean;
};

/** By the same author within this: one group. */
const GROUP_MS = 5 * 60_000;

/** @param messages oldest first */
export function toRows(messages: readonly ThreadMessage[], timeZone: string): Row[] {
  const placed = place(messages);
  let day = '';
  return placed.map(({ message, isReply }, index) => {
    const previous = placed[index - 1];
    const next = placed[index + 1];
    const written = dayKey(message.occurredAt, timeZone);
    // A reply stands with its comment, even if it was written days later.
    const own = isReply && day !== '' ? day : written;
    const isNewDay = own !== day;
    day = own;
    const nextDay =
      next === undefined || next.isReply ? own : dayKey(next.message.occurredAt, timeZone);
    return {
      message,
      isReply,
      isOfOtherDay: written !== own,
      day: isNewDay ? message.occurredAt : null,
      startsGroup:
        isNewDay || previous === undefined || !isOneGroup(previous, { message, isReply }),
      endsGroup: next === undefined || nextDay !== own || !isOneGroup({ message, isReply }, next),
    };
  });
}

/** Who wrote it, for grouping: two agents are two authors. */
function authorOf({ direction, author, agent }: ThreadMessage): string {
  return `${direction} ${author} ${agent?.id ?? ''}`;
}

type Placed = { message: ThreadMessage; isReply: boolean };

function isOneGroup(a: Placed, b: Placed): boolean {
  const apartMs = Date.parse(b.message.occurredAt) - Date.parse(a.message.occurredAt);
  return (
    authorOf(a.message) === authorOf(b.message) &&
    a.isReply === b.isReply &&
    // Each comment is answered for itself.
    (a.isReply || a.message.commentId === null || a.message.direction !== 'in') &&
    a.message.direction !== 'note' &&
    Math.abs(apartMs) <= GROUP_MS
  );
}

/** Replies follow the comment above them, if that is here; everything else keeps its order. */
function place(messages: readonly ThreadMessage[]): Placed[] {
  const comments = new Set(
    messages.flatMap(({ commentId, parent }) =>
      commentId === null || parent !== null ? [] : [commentId],
    ),
  );
  const repliesTo = new Map<string, ThreadMessage[]>();
  const tops: ThreadMessage[] = [];
  for (const message of messages) {
    const { parent } = message;
    if (parent !== null && comments.has(parent))
      repliesTo.set(parent, [...(repliesTo.get(parent) ?? []), message]);
    else tops.push(message);
  }
  return tops.flatMap((message) => [
    // The comment above it may be further back than what was read.
    { message, isReply: message.parent !== null },
    ...(repliesTo.get(message.commentId ?? '') ?? []).map((reply) => ({
      message: reply,
      isReply: true,
    })),
  ]);
}
