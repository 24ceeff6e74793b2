/**
 * A channel that works by the real rules, turn by turn, with everybody doing anything: what it leaves behind is what a
 * dry run reads (R64). It counts loads, lines and previous agents in the plainest way, each time anew.
 */
import {
  decideAssignment,
  type AssignmentFacts,
  type TeamMember,
  type Trace,
} from '#domain/assignment.ts';
import { createDepartures } from '#domain/dry-run/departures.ts';
import { createTimeline } from '#domain/dry-run/timeline.ts';
import {
  diceOf,
  REPLAYED,
  type Dice,
  type DryRunHistory,
  type DryRunSettings,
  type RecordedSession,
} from '#domain/dry-run/compare.ts';
import type {
  AgentId,
  CommandId,
  CustomerId,
  GroupId,
  MessageId,
  SessionId,
  SessionKind,
} from '#domain/ids.ts';
import { HOUR, type Instant } from '#domain/instant.ts';
import { keywordFinder, type KeywordRule } from '#domain/keyword-rule.ts';
import type { Policy } from '#domain/policy.ts';
import type { Ask, AssignAsk } from '#domain/session/ask.ts';
import { nextDueAt } from '#domain/session/clocks.ts';
import { decideClose } from '#domain/session/close.ts';
import type { Fact, LeavingCause } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { placesOf, standsInLineSince, stirsLine } from '#domain/session/line.ts';
import { isOpen, NEW_SESSION, triedBy, type Session } from '#domain/session/session.ts';
import { conclude, takeTurn } from '#domain/session/turn.ts';
import { dueInLine } from '#domain/waiting-line.ts';

type Written = { seq: number; at: Instant; text: string };
type Told = { event: SessionEvent; group: GroupId | null; trace: Trace | null };

type OwnerChange = {
  at: Instant;
  customer: CustomerId;
  from: AgentId | null;
  to: AgentId;
};

export type Place = {
  id: SessionId;
  kind: SessionKind;
  customer: CustomerId;
  session: Session;
  seq: number;
  written: Written[];
  told: Told[];
  lastMessageAt: Instant;
};

type Cursors = Record<SessionKind, Record<string, AgentId | null>>;
type Snapshot = {
  cursors: Cursors;
  owners: Map<CustomerId, AgentId | null>;
  online: Map<AgentId, boolean>;
};

export class RecordedDays {
  readonly places = new Map<string, Place>();
  readonly owners = new Map<CustomerId, AgentId | null>();
  readonly online = new Map<AgentId, boolean>();
  readonly flips: { at: Instant; agent: AgentId; online: boolean }[] = [];
  readonly ownerChanges: OwnerChange[] = [];
  now: Instant = 0;

  readonly #cursors: Cursors = { message: {}, comment: {} };
  #trace: Trace | null = null;
  #isStirred = false;
  #isLooking = false;
  #from: { at: Instant; snapshot: Snapshot } | null = null;

  readonly settings: DryRunSettings;
  readonly groups: Record<GroupId, AgentId[]>;
  readonly #policy: Policy;
  readonly #dice: Dice;

  constructor(
    settings: DryRunSettings,
    more: { groups: Record<GroupId, AgentId[]>; policy: Policy; dice: Dice },
  ) {
    this.settings = settings;
    this.groups = more.groups;
    this.#policy = more.policy;
    this.#dice = more.dice;
  }

  /** From here on it is replayed. */
  begin(): void {
    const snapshot = structuredClone({
      cursors: this.#cursors,
      owners: this.owners,
      online: this.online,
    });
    this.#from = { at: this.now, snapshot };
  }

  /** Time passes; the clocks that fall due meanwhile do what they do. */
  pass(until: Instant): void {
    for (;;) {
      const due = [...this.places.values()]
        .map((place) => ({ place, at: nextDueAt(place.session) ?? Infinity }))
        .sort((one, other) => one.at - other.at)[0];
      if (due === undefined || due.at >= until) break;
      this.now = Math.max(this.now, due.at);
      this.#turn(due.place, []);
    }
    this.now = Math.max(this.now, until);
  }

  write(customer: string, kind: SessionKind, text = 'hello'): void {
    const place = this.#placeOf(customer, kind);
    place.written.push({ seq: place.seq + 1, at: this.now + 1, text });
    place.lastMessageAt = this.now;
    this.#turn(place, [{ kind: 'customer_message', messageId: 'm' as MessageId }]);
  }

  answer(place: Place): void {
    place.lastMessageAt = this.now;
    this.#turn(place, [
      { kind: 'foreign_message', messageId: 'm' as MessageId, answer: true, sentAt: this.now },
    ]);
  }

  command(place: Place, agent: AgentId, command: (Fact & { kind: 'command' })['command']): void {
    const entry = { kind: 'command', commandId: 'c' as CommandId, agent, command } as const;
    this.#turn(place, [{ ...entry, expiresAt: Infinity }]);
  }

  come(agent: AgentId, online: boolean): void {
    this.online.set(agent, online);
    this.flips.push({ at: this.now, agent, online });
    if (online) this.#giveOutLines();
  }

  /** Hands back what they have; they are of the team as before. */
  leave(agent: AgentId, cause: LeavingCause): void {
    for (const place of this.places.values())
      if (isOpen(place.session) && place.session.assignee === agent)
        this.#turn(place, [{ kind: 'agent_left', agent, cause }]);
  }

  finish(place: Place): void {
    const seenSeq = place.session.lastCustomerSeq;
    this.command(place, 'an' as AgentId, { type: 'done', seenSeq });
  }

  open(): Place[] {
    return [...this.places.values()].filter(({ session }) => isOpen(session));
  }

  /** What would be read of it, for these rules among others. */
  history(rules: readonly KeywordRule[] = this.settings.rules.keywordRules): DryRunHistory {
    const from = this.#from?.at ?? 0;
    const snapshot = this.#from?.snapshot ?? {
      cursors: { message: {}, comment: {} },
      owners: new Map(),
      online: new Map(),
    };
    const happenings = createTimeline(from);
    for (const [agent, online] of snapshot.online)
      happenings.add({ type: 'presence', at: -1, agent, online, away: false });
    for (const flip of this.flips.filter(({ at }) => at >= from))
      happenings.add({ type: 'presence', away: false, ...flip });
    const find = keywordFinder(rules);
    const departures = createDepartures();
    for (const place of this.places.values()) {
      const firsts = firstTold(place.told, from);
      const told = place.told.slice(firsts);
      if (told.length === 0) continue;
      const session: RecordedSession = {
        id: place.id,
        kind: place.kind,
        person: place.customer,
        owner: snapshot.owners.get(place.customer) ?? null,
        lastAssignee: lastAssignee(place.told.slice(0, firsts)),
        others: this.#othersOf(place).map((other) => ({
          id: other.id,
          lastAssignee: lastAssignee(other.told.filter(({ event }) => event.at < from)),
        })),
        said: place.written.flatMap(({ seq, at, text }) => {
          const keywords = find(text);
          return keywords.length === 0 ? [] : [{ seq, at, keywords }];
        }),
      };
      for (const { event, group } of told) {
        departures.note(session, event);
        if (REPLAYED.some((type) => type === event.type))
          happenings.add({
            type: 'session',
            at: event.at,
            session,
            event,
            ...(group === null ? {} : { group }),
          });
      }
    }
    departures.addTo(happenings);
    return { from, happenings, cursors: snapshot.cursors, groups: this.groups };
  }

  #placeOf(customer: string, kind: SessionKind): Place {
    const id = `${kind}/${customer}`;
    const known = this.places.get(id);
    if (known !== undefined) return known;
    const place: Place = {
      id: id as SessionId,
      kind,
      customer: customer as CustomerId,
      session: { ...NEW_SESSION, policy: this.#policy },
      seq: 0,
      written: [],
      told: [],
      lastMessageAt: this.now,
    };
    this.places.set(id, place);
    return place;
  }

  #othersOf({ id, customer }: Place): Place[] {
    return [...this.places.values()]
      .filter((other) => other.customer === customer && other.id !== id)
      .sort((one, other) => other.lastMessageAt - one.lastMessageAt);
  }

  #turn(place: Place, facts: Fact[]): void {
    // No two at the same moment: in what order they came would not be told.
    this.now += 1;
    const before = place.session;
    const entries = facts.map((fact) => ({ ...fact, seq: (place.seq += 1), at: this.now }));
    const input = { entries, policy: null, denied: [], now: this.now };
    const turn = takeTurn(before, input);
    const ask = turn.ask?.ask === 'assign' ? turn.ask : null;
    const answer =
      ask === null ? this.#close(place, turn.ask) : this.#decide(place, turn.session, ask);
    const { session, events } = conclude(turn.session, answer, this.now);
    place.session = session;
    for (const event of [...turn.events, ...events]) {
      const group = event.type === 'Assigned' ? (ask?.group ?? null) : null;
      const isDecision = event.type === 'Assigned' || event.type === 'NotAssigned';
      place.told.push({ event, group, trace: isDecision ? this.#trace : null });
    }
    if (stirsLine(before, session, this.#isLimited())) this.#giveOutLines();
  }

  /** Silently, so that Done follows at once. */
  #close({ kind }: Place, ask: Ask | null): SessionEvent[] {
    if (ask === null) return [];
    const messageId = 'text' as MessageId;
    return decideClose({ kind, hasText: false, windowOpenUntil: null, messageId }, this.now);
  }

  #decide(place: Place, session: Session, ask: AssignAsk): SessionEvent[] {
    const decision = decideAssignment(ask, session, this.#facts(place, session), this.now);
    if (decision.picked !== null)
      this.#cursors[place.kind][decision.picked.rotation] = decision.picked.agent;
    this.#trace = decision.trace;
    const to = decision.newOwner;
    if (to !== null) {
      const from = this.owners.get(place.customer) ?? null;
      if (from !== to) this.ownerChanges.push({ at: this.now, customer: place.customer, from, to });
      this.owners.set(place.customer, to);
    }
    return decision.events;
  }

  #facts(place: Place, session: Session): AssignmentFacts {
    const unanswered = isOpen(session) ? (session.wait?.unanswered ?? []) : [];
    const line = this.#line(place.kind).filter(({ id }) => id !== place.id);
    return {
      rules: this.settings.rules,
      team: this.#team(place.kind, place),
      groups: this.groups,
      owner: this.owners.get(place.customer) ?? null,
      previous:
        this.#othersOf(place)
          .map((other) => other.session.lastAssignee)
          .find((last) => last !== null) ?? null,
      texts: place.written
        .filter(({ seq }) => unanswered.some(([waiting]) => waiting === seq))
        .map(({ text }) => text),
      lineHead: line[0]?.since ?? null,
      cursors: this.#cursors[place.kind],
      dice: this.#dice(place.id, this.now),
    };
  }

  /** @param asking takes no place from whoever has it */
  #team(kind: SessionKind, asking: Place | null = null): TeamMember[] {
    return this.settings.team[kind].map((member) => ({
      ...member,
      online: this.online.get(member.agent) ?? false,
      load: this.open()
        .filter((place) => place !== asking)
        .filter(({ session }) => placesOf(session).holder === member.agent).length,
    }));
  }

  #line(kind: SessionKind): { id: SessionId; since: Instant; place: Place }[] {
    return this.open()
      .filter((place) => place.kind === kind)
      .flatMap((place) => {
        const since = standsInLineSince(place.session);
        return since === null ? [] : [{ id: place.id, since, place }];
      })
      .sort((one, other) => one.since - other.since || (one.id < other.id ? -1 : 1));
  }

  #giveOutLines(): void {
    // One look at a time; what stirs meanwhile is looked at after it.
    this.#isStirred = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#isStirred) {
      this.#isStirred = false;
      this.#lookThroughLines();
    }
    this.#isLooking = false;
  }

  #lookThroughLines(): void {
    for (const kind of ['message', 'comment'] as const) {
      const facts = { team: this.#team(kind), rules: this.settings.rules };
      const tried = ({ place }: { place: Place }) => triedBy(place.session);
      const { due } = dueInLine(this.#line(kind), tried, { facts, woken: 0 });
      for (const { place } of due) {
        // Told before, its turn may have passed: it asks like any other.
        const { session } = place;
        if (standsInLineSince(session) !== null) this.#turn(place, [{ kind: 'agent_available' }]);
      }
    }
  }

  #isLimited(): boolean {
    return this.settings.team.message.some(({ capacity }) => capacity !== null);
  }
}

/** Where the round begins that runs at that moment, or the first after it. */
function firstTold(told: readonly Told[], from: Instant): number {
  const done = told.findLastIndex(({ event }) => event.type === 'MarkedDone' && event.at < from);
  return done + 1;
}

function lastAssignee(told: readonly Told[]): AgentId | null {
  const last = told.findLast(({ event }) => event.type === 'Assigned')?.event;
  return last?.type === 'Assigned' ? last.agent : null;
}

const thrown = diceOf(7);

/** Of the team by then, and no longer. */
export const LEFT = 'left' as AgentId;

export const WORDS = [
  'chào shop',
  'GIÁ bao nhiêu?',
  'còn hàng không',
  'áo đỏ size M',
  'ship về Huế',
];

/** Small numbers that look thrown, the same for the same seed. */
export function chance(seed: number) {
  let no = 0;
  const next = () => thrown(`chance ${seed}` as SessionId, (no += 1));
  return {
    below: (count: number) => Math.floor(next() * count),
    oneOf: <One>(some: readonly One[]): One => {
      const one = some[Math.floor(next() * some.length)];
      if (one === undefined) throw new Error('Nothing to choose from');
      return one;
    },
    happens: (share: number) => next() < share,
  };
}

/** Somebody does something. */
export function anything(
  world: RecordedDays,
  { below, oneOf }: ReturnType<typeof chance>,
  { people, groups }: { people: AgentId[]; groups: GroupId[] },
): void {
  const what = below(20);
  const open = world.open();
  if (what < 8 || open.length === 0)
    return world.write(
      `customer ${below(25)}`,
      oneOf(['message', 'message', 'comment']),
      oneOf(WORDS),
    );
  const place = oneOf(open);
  const { session } = place;
  const from = session.status === 'done' ? null : session.assignee;
  const who = oneOf(people);
  if (what < 11) return world.answer(place);
  if (what < 14) return world.finish(place);
  if (what === 14) return world.command(place, who, { type: 'assign', from, agent: oneOf(people) });
  if (what === 15) return world.command(place, who, { type: 'assign', from, group: oneOf(groups) });
  if (what === 16)
    return from === null
      ? world.command(place, oneOf([who, LEFT]), { type: 'take', from })
      : world.command(place, who, { type: 'unassign', from });
  if (what === 17) return world.command(place, who, { type: 'snooze', until: world.now + HOUR });
  if (what === 18)
    return oneOf([true, false])
      ? world.leave(LEFT, 'left')
      : world.leave(who, oneOf(['offline', 'shift ended']));
  world.come(who, world.online.get(who) !== true);
}
