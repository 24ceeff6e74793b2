/**
 * Dry run of an assignment change (R64): what happened on a channel happens once more, under the settings as they are
 * and as they would be, with the presence recorded then, and is compared before Save.
 *
 * What people and customers did is taken as it was: who wrote when, when a session was answered, snoozed and done, what
 * was assigned by hand. Only what the rules decide is decided anew, by the very rules, with turns, loads, waiting lines
 * and responsible agents that follow from the decisions before.
 *
 * It cannot know: when another agent would have answered or finished, so for how long they would have had the session;
 * which time-outs they would have run into (the recorded ones are replayed, where somebody is in charge); that somebody
 * left who had nothing to hand back in fact (of who had, everything goes back that they have in the replay); who would
 * have come online or taken something by hand because of other sessions; who was of the team, which capacity stood and
 * which groups there were then: they are taken as they are now, or as they are proposed.
 */
import type { AssignmentRules, TeamMember, Trace } from '../assignment.ts';
import type { NotStandingCause, Standing } from './book.ts';
import { createReplay, type Replay } from './replay.ts';
import type { Timeline } from './timeline.ts';
import type { AgentId, CustomerId, GroupId, SessionId, SessionKind } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { LeavingCause } from '../session/entry.ts';
import type { SessionEvent } from '../session/event.ts';

export type DryRunSettings = {
  rules: AssignmentRules;
  /** In the order of R3. Who is online and what they have is the replay's own. */
  team: Record<SessionKind, TeamMember[]>;
};

export type RecordedSession = {
  id: SessionId;
  kind: SessionKind;
  /** Whose owner counts (R6): the person, whatever channels they are known on. */
  person: CustomerId;
  /** Who was responsible for the customer when the period began. */
  owner: AgentId | null;
  /** Who had the session last before the first of its happenings (R4). */
  lastAssignee: AgentId | null;
  /** The customer's other sessions on the channel, newest first, and who had them last when the period began (R4). */
  others: { id: SessionId; lastAssignee: AgentId | null }[];
  /** What the customer wrote in which a keyword stands, in order: the keywords alone (see keywordFinder). */
  said: { seq: number; at: Instant; keywords: string[] }[];
};

export type Happening =
  | { type: 'session'; at: Instant; session: RecordedSession; event: SessionEvent; group?: GroupId }
  | { type: 'presence'; at: Instant; agent: AgentId; online: boolean; away: boolean }
  | { type: 'owner'; at: Instant; person: CustomerId; owner: AgentId | null }
  /** A session of another channel came to somebody, or left them: it takes a place there too (R48). */
  | { type: 'elsewhere'; at: Instant; agent: AgentId; by: 1 | -1 }
  | {
      type: 'left';
      at: Instant;
      agent: AgentId;
      cause: LeavingCause;
      /** What was handed back in fact; it says so itself, each session in its time. */
      handedBack: ReadonlySet<SessionId>;
    };

export type DryRunHistory = {
  /** What comes before is how things stood: it is taken as it was. */
  from: Instant;
  /** Of sessions only events that `REPLAYED` names are needed. */
  happenings: Timeline;
  /** Who had been picked last at `from`, by kind and rotation. */
  cursors: Record<SessionKind, Record<string, AgentId | null>>;
  groups: Record<GroupId, AgentId[]>;
};

/** Events that say what became of a session; the others say how it was worked on. */
export const REPLAYED = [
  'Opened',
  'WaitStarted',
  'WaitEnded',
  'Assigned',
  'NotAssigned',
  'Unassigned',
  'Snoozed',
  'Woken',
  'MarkedDone',
] as const satisfies SessionEvent['type'][];

/** At least 0, less than 1, the same for the same question: so that chance alone makes no difference between settings. */
export type Dice = (session: SessionId, at: Instant) => number;

/** @property sessions rounds that somebody had in charge when they ended, or has by now */
export type Share = { sessions: number; assigned: number };

export type Side = {
  /** `sessions`: in charge when it was done, or by now; `assigned`: how often the rules put them in charge. */
  agents: Map<AgentId, Share>;
  /** Rounds that nobody had when they ended, or has by now, by the reason. */
  unassigned: Map<NotStandingCause, number>;
  /** How often a session came into the waiting line. */
  joinedLine: number;
};

export type Example = {
  session: SessionId;
  openedAt: Instant;
  recorded: AgentId | null;
  present: Choice;
  proposed: Choice;
};
/** @property trace of the rules' last decision in the round; null = they were not asked */
export type Choice = { agent: AgentId | null; trace: Trace | null };

export type Comparison = {
  /** Rounds that began in the period. */
  sessions: number;
  recorded: Side;
  present: Side;
  proposed: Side;
  /** Rounds that would have ended with somebody else, by the proposed settings instead of the present ones. */
  moved: number;
  examples: Example[];
};

/** So many steps are made before others get their turn; they take some milliseconds. */
const SLICE = 1_000;
const MOST_EXAMPLES = 30;
/** Of the same way from one to another: more of them show nothing new. */
const MOST_ALIKE = 3;

/** Replays a history as it was, under the present and under the proposed settings. Yields often, for others to go on. */
export function* compareAssignments(
  history: DryRunHistory,
  settings: { present: DryRunSettings; proposed: DryRunSettings },
  dice: Dice,
): Generator<void, Comparison> {
  const replays: Replays = {
    recorded: createReplay(null, history, dice),
    present: createReplay(settings.present, history, dice),
    proposed: createReplay(settings.proposed, history, dice),
  };
  const comparison: Comparison = {
    sessions: 0,
    recorded: replays.recorded.side,
    present: replays.present.side,
    proposed: replays.proposed.side,
    moved: 0,
    examples: [],
  };
  const compare = comparing(comparison, replays, history.from);
  let steps = 0;
  for (const happening of history.happenings.inOrder()) {
    if (happening.type === 'session' && happening.event.type === 'MarkedDone')
      compare(happening.session.id);
    replays.recorded.take(happening);
    replays.present.take(happening);
    replays.proposed.take(happening);
    if (++steps % SLICE === 0) yield;
  }
  for (const id of replays.recorded.open()) {
    compare(id);
    if (++steps % SLICE === 0) yield;
  }
  return comparison;
}

type Replays = Record<'recorded' | 'present' | 'proposed', Replay>;

/** Counts for whom a round stands, wherever it was replayed, as it ends. */
function comparing(comparison: Comparison, replays: Replays, from: Instant) {
  const alike = new Map<string, number>();
  return (session: SessionId): void => {
    const recorded = replays.recorded.standing(session);
    const present = replays.present.standing(session);
    const proposed = replays.proposed.standing(session);
    if (recorded === null || present === null || proposed === null) return;
    if (recorded.openedAt < from) return;
    comparison.sessions += 1;
    count(comparison.recorded, recorded);
    count(comparison.present, present);
    count(comparison.proposed, proposed);
    if (present.agent === proposed.agent) return;
    comparison.moved += 1;
    const way = `${present.agent ?? ''} → ${proposed.agent ?? ''}`;
    const shown = alike.get(way) ?? 0;
    if (shown >= MOST_ALIKE || comparison.examples.length >= MOST_EXAMPLES) return;
    alike.set(way, shown + 1);
    comparison.examples.push({
      session,
      openedAt: recorded.openedAt,
      recorded: recorded.agent,
      present: { agent: present.agent, trace: present.trace },
      proposed: { agent: proposed.agent, trace: proposed.trace },
    });
  };
}

function count(side: Side, { agent, why }: Standing): void {
  if (agent === null) side.unassigned.set(why, (side.unassigned.get(why) ?? 0) + 1);
  else shareOf(side, agent).sessions += 1;
}

export function shareOf({ agents }: Side, agent: AgentId): Share {
  const known = agents.get(agent);
  if (known !== undefined) return known;
  const share = { sessions: 0, assigned: 0 };
  agents.set(agent, share);
  return share;
}

/** Dice that need no chance: as good as thrown, and the same again for the same seed, session and moment. */
export function diceOf(seed: number): Dice {
  return (session, at) => {
    let hash = 0x811c9dc5 ^ seed ^ Math.imul(at, 0x9e3779b1) ^ Math.floor(at / 2 ** 32);
    for (let index = 0; index < session.length; index += 1)
      hash = Math.imul(hash ^ session.charCodeAt(index), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  };
}
