/** What each view of the inbox lists, cut into parts of which each can be read from one end of an index. */
import { sql, type RawBuilder } from 'kysely';
import type { SessionQuery } from '#contracts/session.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { Person } from './people.ts';
import { markedUnread } from './unread.ts';
import { sightOf, visibleChannels } from './visibility.ts';

export type Order = 'newest' | 'longest waiting' | 'most late';

/** Sessions of some channels that fulfil a condition. The parts of a view have no session in common. */
export type Part = {
  channels: ChannelId[];
  where: RawBuilder<boolean>;
  /** They are read newest (or oldest) first, by channel and kind; otherwise they are few, and all at once. */
  perChannel: boolean;
};

const notDone = sql<boolean>`session.status <> 'done'`;
const nobodys = sql<boolean>`${notDone} and session.assignee_id is null`;
/** In the others only who has marked one as unread has something to read. */
const mayBeUnread = sql<boolean>`${notDone} and session.unanswered`;
const overdue = sql<boolean>`${notDone} and session.overdue_at is not null`;
/**
 * Something came in that reopens a Done session, and its workflow has not taken it in yet: with Temporal down,
 * this is what keeps a customer who writes again in sight.
 */
const waking = sql<boolean>`session.status = 'done' and session.start_seq > session.applied_seq`;
const done = sql<boolean>`session.status = 'done' and session.start_seq <= session.applied_seq`;

export function orderOfView(view: SessionQuery['view']): Order {
  if (view === 'unassigned') return 'longest waiting';
  return view === 'overdue' ? 'most late' : 'newest';
}

/** The parts of a view for one person: what they may not see is in none of them. */
export function partsOf(
  person: Person,
  { view, assignee, channel }: Pick<SessionQuery, 'view' | 'assignee' | 'channel'>,
): Part[] {
  const channels = visibleChannels(person);
  const parts =
    assignee === undefined
      ? partsOfView(person, view, channels)
      : [inChargeOf(assignee, view === 'overdue' ? overdue : notDone, channels)];
  return parts
    .map((part) => ({ ...part, channels: part.channels.filter((id) => id === (channel ?? id)) }))
    .filter((part) => part.channels.length > 0);
}

function partsOfView(person: Person, view: SessionQuery['view'], channels: ChannelId[]): Part[] {
  switch (view) {
    case 'main':
      return [...inSight(person, notDone), atOnce(waking, channels)];
    case 'unread':
      return [...inSight(person, mayBeUnread), atOnce(waking, channels), lowered(person, channels)];
    case 'overdue':
      return inSight(person, overdue);
    case 'mine':
      return [inChargeOf(person.agent, notDone, channels)];
    case 'unassigned':
      return [perChannel(nobodys, channels), atOnce(waking, channels)];
    case 'done':
      return [perChannel(done, channels)];
  }
}

/** Where the menu looks for what a person has not read: nobody's sessions and their own (R18). */
export function partsOfMenu(person: Person): Part[] {
  const channels = visibleChannels(person);
  const theirs = sql<boolean>`(session.assignee_id is null or session.assignee_id = ${person.agent})`;
  const marked = lowered(person, channels);
  return [
    perChannel(sql`${mayBeUnread} and session.assignee_id is null`, channels),
    inChargeOf(person.agent, mayBeUnread, channels),
    atOnce(waking, channels),
    { ...marked, where: sql<boolean>`${marked.where} and ${theirs}` },
  ].filter((part) => part.channels.length > 0);
}

/** What the person has marked as unread, though it was answered. */
function lowered(person: Person, channels: ChannelId[]): Part {
  return atOnce(
    sql`${notDone} and not session.unanswered and ${markedUnread(person.agent)}`,
    channels,
  );
}

/**
 * Where a person sees everything, whole channels; elsewhere nobody's sessions and their own. Going through a whole
 * channel for those few would take the longer the more others have to do.
 */
function inSight(person: Person, where: RawBuilder<boolean>): Part[] {
  const { all, unassigned, own } = sightOf(person);
  const elsewhere = (channels: ChannelId[]) => channels.filter((id) => !all.includes(id));
  return [
    perChannel(where, all),
    perChannel(sql`${where} and session.assignee_id is null`, elsewhere(unassigned)),
    inChargeOf(person.agent, where, elsewhere(own)),
  ];
}

function perChannel(where: RawBuilder<boolean>, channels: ChannelId[]): Part {
  return { channels, where, perChannel: true };
}

function atOnce(where: RawBuilder<boolean>, channels: ChannelId[]): Part {
  return { channels, where, perChannel: false };
}

function inChargeOf(agent: AgentId, where: RawBuilder<boolean>, channels: ChannelId[]): Part {
  return atOnce(sql`${where} and session.assignee_id = ${agent}`, channels);
}
