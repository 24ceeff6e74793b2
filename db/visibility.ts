import { sql, type RawBuilder } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import { accessTo, type Access } from '#domain/permission.ts';
import { given, givenOne } from './given.ts';
import type { ChannelRights, Person } from './people.ts';
import type { Audience } from './stored.ts';

/** An assignee that is nobody's id. */
const SOMEBODY_ELSE = '' as AgentId;

/** What a person may do with a session (R23). The rule itself is domain/permission.ts. */
export function accessOf(person: Person, session: Audience): Access {
  const rights = person.channels.find((one) => one.channel === session.channel);
  return rights === undefined ? 'none' : accessOn(person, rights, session);
}

/** @throws Problem NOT_FOUND where one may not view, FORBIDDEN where one may view but not act */
export function mustAct(person: Person, session: Audience): void {
  const access = accessOf(person, session);
  if (access === 'none') throw new Problem('NOT_FOUND');
  if (access === 'view') throw new Problem('FORBIDDEN');
}

/** Whether a person may put somebody in charge of a session (R35): domain/permission.ts. */
export function mayAssignTo(person: Person, session: Audience): boolean {
  return accessOf(person, { ...session, supporters: [] }) === 'act';
}

/** What a person may do with the sessions that are in others' charge. */
export function accessToOthers(person: Person, rights: ChannelRights): Access {
  return accessOn(person, rights, { assignee: SOMEBODY_ELSE, supporters: [] });
}

/**
 * The same rule as a condition on rows of `session`, for every read that shows sessions. It is made by asking the
 * rule about the four sorts of session that it tells apart: nobody's, one's own, those that one supports and all
 * others'.
 */
export function visibleTo(person: Person): RawBuilder<boolean> {
  const sight = sightOf(person);
  const { agent } = person;
  const here = (channels: ChannelId[]) =>
    sql<boolean>`session.channel_id = any(${given(channels)})`;
  const sorts = [
    here(sight.all),
    ...whereSome(
      beyond(sight, 'unassigned'),
      (channels) => sql`session.assignee_id is null and ${here(channels)}`,
    ),
    ...whereSome(
      beyond(sight, 'own'),
      (channels) => sql`session.assignee_id = ${givenOne(agent)} and ${here(channels)}`,
    ),
    ...whereSome(
      beyond(sight, 'supported'),
      (channels) => sql`${supportedBy(agent)} and ${here(channels)}`,
    ),
  ];
  return sql<boolean>`(${sql.join(sorts, sql` or `)})`;
}

/** Whether somebody helps with a session that is not done, as the index of supporters knows it. */
export function supportedBy(agent: AgentId): RawBuilder<boolean> {
  return sql<boolean>`(session.status <> 'done' and session.supporters <> '{}'
    and session.supporters @> array[${givenOne(agent)}])`;
}

/** The channels of which a person may see something. */
export function visibleChannels(person: Person): ChannelId[] {
  return [...new Set(Object.values(sightOf(person)).flat())];
}

export type Sight = Record<'all' | 'unassigned' | 'own' | 'supported', ChannelId[]>;

/**
 * On which channels a person sees everybody's sessions, nobody's, their own and those that they support; for reads that
 * choose an index by it.
 */
export function sightOf(person: Person): Sight {
  const where = (assignee: AgentId | null, supporters: AgentId[] = []) =>
    person.channels
      .filter((rights) => accessOn(person, rights, { assignee, supporters }) !== 'none')
      .map((rights) => rights.channel);
  return {
    all: where(SOMEBODY_ELSE),
    unassigned: where(null),
    own: where(person.agent),
    supported: where(SOMEBODY_ELSE, [person.agent]),
  };
}

/** The channels on which a person sees this sort of session, and not everybody's anyway. */
export function beyond(sight: Sight, sort: Exclude<keyof Sight, 'all'>): ChannelId[] {
  return sight[sort].filter((id) => !sight.all.includes(id));
}

function whereSome<Item, Made>(items: Item[], make: (items: Item[]) => Made): Made[] {
  return items.length === 0 ? [] : [make(items)];
}

function accessOn(
  person: Person,
  rights: ChannelRights,
  session: Pick<Audience, 'assignee' | 'supporters'>,
): Access {
  const { agent, role } = person;
  // A disabled person is never let in: see peopleByTokens.
  const viewer = { agent, role, disabled: false, inTeam: rights.inTeam };
  return accessTo(session, viewer, rights.permission);
}
