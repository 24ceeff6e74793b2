/** What each view of the inbox lists, cut into parts of which each can be read from one end of an index. */
import { sql, type RawBuilder } from 'kysely';
import type { SessionQuery } from '#contracts/session.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import { givenOne } from './given.ts';
import type { Person } from './people.ts';
import { markedUnread } from './unread.ts';
import { beyond, sightOf, supportedBy, visibleChannels } from './visibility.ts';

export type Order = 'newest' | 'longest waiting' | 'most late';

/** Sessions of some channels that fulfil a condition. The parts of a view have no session in common. */
export type Part = {
  channels: ChannelId[];
  where: RawBuilder<boolean>;
  /** They are read newest (or oldest) first, by channel and kind; otherwise they are few, and all at once. */
  perChannel: boolean;
};

const notDone = sql<boolean>`session.status <> 'done'`;
/** A snoozed session is in no view but its own (R59). */
const awake = sql<boolean>`session.status <> 'done' and session.snoozed_until is null`;
const snoozed = sql<boolean>`session.status <> 'done' and session.snoozed_until is not null`;
const nobodys = sql<boolean>`${awake} and session.assignee_id is null`;
/** In the others only who has marked one as unread has something to read. */
const mayBeUnread = sql<boolean>`${awake} and session.unanswered`;
const overdue = sql<boolean>`${awake} and session.overdue_at is not null`;
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
      : partsOfAssignee(assignee, view, { person, channels });
  return parts
    .map((part) => ({ ...part, channels: part.channels.filter((id) => id === (channel ?? id)) }))
    .filter((part) => part.channels.length > 0);
}

function partsOfView(person: Person, view: SessionQuery['view'], channels: ChannelId[]): Part[] {
  switch (view) {
    case 'main':
      return [...inSight(person, awake), atOnce(waking, channels)];
    case 'unread':
      return [...inSight(person, mayBeUnread), atOnce(waking, channels), lowered(person, channels)];
    case 'overdue':
      return inSight(person, overdue);
    case 'mine':
      return [inChargeOf(person.agent, awake, channels)];
    case 'supporting':
      return [supportedPart(person, awake, channels)];
    case 'unassigned':
      return [perChannel(nobodys, channels), atOnce(waking, channels)];
    case 'snoozed':
      return inSight(person, snoozed);
    case 'done':
      return inSight(person, done);
    case 'all':
      return [
        ...partsOfView(person, 'main', channels),
        ...inSight(person, snoozed),
        ...inSight(person, done),
      ];
  }
}

/** The same for one who is in charge. */
function partsOfAssignee(
  assignee: AgentId,
  view: SessionQuery['view'],
  { person, channels }: { person: Person; channels: ChannelId[] },
): Part[] {
  const held = (where: RawBuilder<boolean>) => inChargeOf(assignee, where, channels);
  switch (view) {
    case 'main':
    case 'unread':
      return [held(awake), held(waking)];
    case 'overdue':
      return [held(overdue)];
    case 'snoozed':
      return [held(snoozed)];
    case 'mine':
      return assignee === person.agent ? [held(awake)] : [];
    case 'supporting':
      return [
        supportedPart(
          person,
          sql`${awake} and session.assignee_id = ${givenOne(assignee)}`,
          channels,
        ),
      ];
    case 'unassigned':
      return [];
    case 'done':
      return [held(done)];
    case 'all':
      return [held(notDone), held(waking), held(done)];
  }
}

/** Where the menu looks for what a person has not read: nobody's sessions, their own and those they support (R18). */
export function partsOfMenu(person: Person): Part[] {
  const channels = visibleChannels(person);
  const { agent } = person;
  const theirs = sql<boolean>`(session.assignee_id is null or session.assignee_id = ${givenOne(agent)} or ${supportedBy(agent)})`;
  const ofTheirs = ({ where, ...part }: Part): Part => ({
    ...part,
    where: sql<boolean>`${where} and ${theirs}`,
  });
  return [
    perChannel(sql`${mayBeUnread} and session.assignee_id is null`, channels),
    inChargeOf(agent, mayBeUnread, channels),
    helping(person, mayBeUnread, channels),
    ofTheirs(atOnce(waking, channels)),
    ofTheirs(lowered(person, channels)),
  ].filter((part) => part.channels.length > 0);
}

/** What the person has marked as unread, though it was answered. */
function lowered(person: Person, channels: ChannelId[]): Part {
  return atOnce(
    sql`${awake} and not session.unanswered and ${markedUnread(person.agent)}`,
    channels,
  );
}

/**
 * Where a person sees everything, whole channels; elsewhere nobody's sessions, their own and those they support. Going
 * through a whole channel for those few would take the longer the more others have to do.
 */
function inSight(person: Person, where: RawBuilder<boolean>): Part[] {
  const sight = sightOf(person);
  return [
    perChannel(where, sight.all),
    perChannel(sql`${where} and session.assignee_id is null`, beyond(sight, 'unassigned')),
    inChargeOf(person.agent, where, beyond(sight, 'own')),
    helping(person, where, beyond(sight, 'supported')),
  ];
}

function perChannel(where: RawBuilder<boolean>, channels: ChannelId[]): Part {
  return { channels, where, perChannel: true };
}

function atOnce(where: RawBuilder<boolean>, channels: ChannelId[]): Part {
  return { channels, where, perChannel: false };
}

function inChargeOf(agent: AgentId, where: RawBuilder<boolean>, channels: ChannelId[]): Part {
  return atOnce(sql`${where} and session.assignee_id = ${givenOne(agent)}`, channels);
}

function supportedPart({ agent }: Person, where: RawBuilder<boolean>, channels: ChannelId[]): Part {
  return atOnce(sql`${where} and ${supportedBy(agent)}`, channels);
}

/** Of somebody else's sessions, those that the person supports. */
function helping(person: Person, where: RawBuilder<boolean>, channels: ChannelId[]): Part {
  return supportedPart(
    person,
    sql`${where} and session.assignee_id <> ${givenOne(person.agent)}`,
    channels,
  );
}
