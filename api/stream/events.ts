import type { StreamEvent } from '#contracts/stream.ts';
import { commandId } from '#contracts/ids.ts';
import type { Change, FeedPlace } from '#db/change-feed.ts';
import type { Person } from '#db/people.ts';
import { accessOf } from '#db/visibility.ts';

/** What a change means for one person: an event, or nothing that they may know of (R23). */
export function eventFor(person: Person, change: Change): StreamEvent | null {
  if (change.agent_id !== null && change.agent_id !== person.agent) return null;
  if (change.topic === 'command') return commandEvent(change);
  const { session_id: sessionId, id: version } = change;
  if (accessOf(person, change.after) !== 'none')
    return {
      event: 'change',
      data: { sessionId, topic: change.topic, subject: change.subject_id, version },
    };
  if (accessOf(person, change.before) === 'none') return null;
  return { event: 'gone', data: { sessionId, version } };
}

function commandEvent(change: Change): StreamEvent | null {
  const { state } = change;
  if (state === null || state === 'pending') return null;
  return {
    event: 'command',
    data: {
      sessionId: change.session_id,
      commandId: commandId.parse(change.subject_id),
      state,
      code: change.code,
      assignee: change.detail?.assignee ?? null,
    },
  };
}

/** Server-sent events as text. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function format(event: StreamEvent, place: FeedPlace): string {
  return `event: ${event.event}\nid: ${formatPlace(place)}\ndata: ${JSON.stringify(event.data)}\n\n`;
}

function formatPlace({ xid, id }: FeedPlace): string {
  return `${xid}-${id}`;
}

/** @returns null for what is not a place of ours */
export function parsePlace(text: string): FeedPlace | null {
  const [, xid, id] = /^(\d{1,18})-(\d{1,15})$/.exec(text) ?? [];
  return xid === undefined || id === undefined ? null : { xid, id: Number(id) };
}

/** Whether `a` comes after `b` in the feed. */
export function isAfter(a: FeedPlace, b: FeedPlace): boolean {
  const [ax, bx] = [BigInt(a.xid), BigInt(b.xid)];
  return ax === bx ? a.id > b.id : ax > bx;
}
