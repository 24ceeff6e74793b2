import type { TeamMember } from '../assignment.ts';
import type { AgentId, GroupId, SessionKind } from '../ids.ts';

/** The Support section of a channel, as it stands or is proposed (R2, R3). */
export type Support = { groups: GroupId[]; users: Receiving[]; switches: Receiving[] };
export type Receiving = { agent: AgentId; messages: boolean; comments: boolean };

/** Somebody of the workspace, as far as distribution asks. */
export type Colleague = {
  agent: AgentId;
  disabled: boolean;
  capacity: number | null;
  isOwner: boolean;
};

/**
 * R3's pool in its order for settings that need not be saved: the view `channel_member` and db/assignment-facts.ts say
 * the same of saved ones. The workspace owner counts as of every team, but is given nothing unless listed (R23).
 */
export function teamOf(
  support: Support,
  groups: Record<GroupId, AgentId[]>,
  colleagues: readonly Colleague[],
): Record<SessionKind, TeamMember[]> {
  const listed = new Map<AgentId, Receiving>();
  const list = (receiving: Receiving) => {
    if (!listed.has(receiving.agent)) listed.set(receiving.agent, receiving);
  };
  support.users.forEach(list);
  const switches = new Map(support.switches.map((one) => [one.agent, one]));
  for (const agent of support.groups.flatMap((group) => groups[group] ?? []))
    list(switches.get(agent) ?? { agent, messages: true, comments: true });

  const known = new Map(colleagues.map((one) => [one.agent, one]));
  const owners = colleagues.filter(({ agent, isOwner }) => isOwner && !listed.has(agent));
  const members = (receives: (one: Receiving) => boolean): TeamMember[] => [
    ...[...listed.values()].flatMap((one) => {
      const colleague = known.get(one.agent);
      return colleague === undefined ? [] : [member(colleague, receives(one), true)];
    }),
    ...owners.map((colleague) => member(colleague, false, false)),
  ];
  return {
    message: members(({ messages }) => messages),
    comment: members(({ comments }) => comments),
  };
}

function member(colleague: Colleague, receives: boolean, listed: boolean): TeamMember {
  const { agent, disabled, capacity } = colleague;
  return { agent, disabled, receives, online: false, away: false, load: 0, capacity, listed };
}

/** A team while it is replayed: who comes and goes, and how much each has. */
export type Seats = {
  team: Record<SessionKind, TeamMember[]>;
  /** Somebody has a capacity: places given back matter (R48). */
  isLimited: boolean;
  setPresence(agent: AgentId, presence: { online: boolean; away: boolean }): void;
  /** So many sessions more, or fewer. */
  hold(agent: AgentId, by: number): void;
};

export function createSeats(of: Record<SessionKind, TeamMember[]>): Seats {
  const team = {
    message: of.message.map(empty),
    comment: of.comment.map(empty),
  };
  const seats = new Map<AgentId, TeamMember[]>();
  for (const one of [...team.message, ...team.comment])
    seats.set(one.agent, [...(seats.get(one.agent) ?? []), one]);
  return {
    team,
    isLimited: team.message.some(({ capacity }) => capacity !== null),
    setPresence(agent, { online, away }) {
      for (const seat of seats.get(agent) ?? []) Object.assign(seat, { online, away });
    },
    hold(agent, by) {
      for (const seat of seats.get(agent) ?? []) seat.load += by;
    },
  };
}

function empty(member: TeamMember): TeamMember {
  return { ...member, online: false, away: false, load: 0 };
}
