import { toPolicy, type StoredPolicy } from '#db/policy.ts';
import type { AssignmentFacts, AssignmentRules, TeamMember } from '#domain/assignment.ts';
import type { AgentId, GroupId, MessageId, SessionKind } from '#domain/ids.ts';
import { SECOND, type Instant } from '#domain/instant.ts';
import type { Command, Fact, LeavingCause } from '#domain/session/entry.ts';
import { standsInLineSince, stirsLine } from '#domain/session/line.ts';
import { isOpen, triedBy, type OpenSession } from '#domain/session/session.ts';
import { dueInLine } from '#domain/waiting-line.ts';
import { DEFAULT_RULES } from './assignment-builders.ts';
import { Simulation, type Commit, type World } from './simulate.ts';

/** Somebody of the team, as the channel's settings and their presence say. */
export type Colleague = Omit<TeamMember, 'load' | 'receives'> & {
  receives: Record<SessionKind, boolean>;
};

export const colleague = (agent: AgentId, more: Partial<Colleague> = {}): Colleague => ({
  agent,
  disabled: false,
  receives: { message: true, comment: true },
  online: true,
  away: false,
  capacity: null,
  listed: true,
  ...more,
});

export const CLOCKS_OFF: StoredPolicy['clocks'] = {
  autoClose: { on: false, afterSeconds: 1_800, text: '' },
  reassign: { on: false, afterSeconds: 600 },
  deadline: { on: false, afterSeconds: 1_800, warnBeforeSeconds: 300 },
};

export type ChannelOptions = {
  team: Colleague[];
  rules: Partial<AssignmentRules>;
  groups: Record<GroupId, AgentId[]>;
  clocks: Partial<StoredPolicy['clocks']>;
  hours: StoredPolicy['business_hours'];
  timeZone: string;
  /** R58: what waits for somebody who is gone returns to the line. */
  handBack: boolean;
  dice: () => number;
  /** In which order processes come to those sessions that something happens to at one moment. */
  order: (sessions: Customer[]) => Customer[];
  /** Nothing more happens at this moment: for laws. */
  onRest: () => void;
};

/** A session on the channel, called by its customer. */
export class Customer {
  readonly name: string;
  readonly kind: SessionKind;
  /** Who is joined with whom: sessions of one person know of each other (R4, R6). */
  readonly person: string;
  readonly sim: Simulation;
  /** Told that its turn in the line has come, and has not used it yet. */
  wokenAt: Instant | null = null;
  /** When it was told so last, whatever came of it. */
  lastWokenAt: Instant | null = null;
  /** When it came into the line, whatever its place there. */
  joinedAt: Instant | null = null;
  /** When something happens next if nobody does anything. */
  nextAt: Instant = Infinity;

  constructor(name: string, about: { kind: SessionKind; person: string; sim: Simulation }) {
    this.name = name;
    this.kind = about.kind;
    this.person = about.person;
    this.sim = about.sim;
  }

  get open(): OpenSession | null {
    return isOpen(this.sim.session) ? this.sim.session : null;
  }
}

/** What an assignment was given by, beside the commit: for laws. */
export type ChannelCommit = Commit & {
  customer: Customer;
  /** The line as it stood, without the session itself. */
  line: {
    customer: Customer;
    since: Instant;
    joinedAt: Instant;
    lastWokenAt: Instant | null;
    tried: AgentId[];
  }[];
  wokenAt: Instant | null;
};

/** A wake that was not used for so long counts as lost (db/line.ts). */
export const WAKE_LAPSES_MS = 30 * SECOND;
const COMMAND_LIVES_MS = 10 * SECOND;
/** More rounds than this at one moment are a channel that never rests. */
const MAX_ROUNDS_AT_ONCE = 2_000;

/**
 * A channel with its sessions, team and waiting line, without any process. It does what `db/` does in SQL: reads the
 * facts of an assignment, looks through the line, tells sessions of who left and of new settings.
 */
export class ChannelSimulation {
  readonly customers: Customer[] = [];
  readonly commits: ChannelCommit[] = [];
  readonly rules: AssignmentRules;
  /** R6: who owns which person. */
  readonly owners = new Map<string, AgentId>();
  readonly cursors: Record<SessionKind, Record<string, AgentId | null>> = {
    message: {},
    comment: {},
  };
  team: Colleague[];
  settings: StoredPolicy;
  now: Instant;

  readonly #options: ChannelOptions;
  readonly #agenda: { at: Instant; act: () => void }[] = [];
  #stirred = false;

  constructor(now: Instant, options: Partial<ChannelOptions> = {}) {
    this.now = now;
    this.#options = {
      team: [],
      rules: {},
      groups: {},
      clocks: {},
      hours: null,
      timeZone: 'Asia/Ho_Chi_Minh',
      handBack: false,
      dice: () => 0,
      order: (sessions) => sessions,
      onRest: () => undefined,
      ...options,
    };
    this.team = this.#options.team;
    this.rules = { ...DEFAULT_RULES, ...this.#options.rules };
    this.settings = {
      clocks: { ...CLOCKS_OFF, ...this.#options.clocks },
      settings_version: 1,
      business_hours: this.#options.hours,
      time_zone: this.#options.timeZone,
    };
  }

  /** The session of a customer, new if nobody of that name was here yet. */
  customer(
    name: string,
    { kind = 'message', person = name, ...world }: CustomerOptions = {},
  ): Customer {
    const known = this.customers.find((one) => one.name === name);
    if (known !== undefined) return known;
    const sim: Simulation = new Simulation(this.now, {
      kind,
      loadPolicy: (since, now) => toPolicy(this.settings, since, now),
      readFacts: () => this.#factsOf(customer),
      onCommit: (commit) => {
        this.#committed(customer, commit);
      },
      hasClosingText: this.settings.clocks.autoClose.text !== '',
      mayAct: ({ agent }) => this.team.some((one) => one.agent === agent && !one.disabled),
      ...world,
    });
    const customer: Customer = new Customer(name, { kind, person, sim });
    this.customers.push(customer);
    return customer;
  }

  /** Plans something for later; what is planned for one moment is done before any session looks. */
  at(when: Instant, act: () => void): this {
    const place = this.#agenda.findIndex((one) => one.at > when);
    this.#agenda.splice(place === -1 ? this.#agenda.length : place, 0, { at: when, act });
    return this;
  }

  /** What somebody does now: it stands in the journal at once. */
  tells(customer: Customer, fact: Fact): number {
    const { sim } = customer;
    sim.now = Math.max(sim.now, this.now);
    const seq = sim.write(fact);
    customer.nextAt = this.now;
    return seq;
  }

  writes(customer: Customer): MessageId {
    const messageId = customer.sim.newMessage();
    this.tells(customer, { kind: 'customer_message', messageId });
    return messageId;
  }

  answers(agent: AgentId, customer: Customer): MessageId {
    const messageId = customer.sim.newMessage();
    this.tells(customer, {
      kind: 'reply',
      commandId: customer.sim.newCommand(),
      messageId,
      agent,
    });
    return messageId;
  }

  orders(agent: AgentId, customer: Customer, command: Command): void {
    this.tells(customer, {
      kind: 'command',
      commandId: customer.sim.newCommand(),
      agent,
      expiresAt: this.now + COMMAND_LIVES_MS,
      command,
    });
  }

  marksDone(agent: AgentId, customer: Customer): void {
    this.orders(agent, customer, { type: 'done', seenSeq: customer.sim.tip });
  }

  comesOnline(agent: AgentId): void {
    this.#change(agent, { online: true, away: false });
    this.#stirred = true;
  }

  goesOffline(agent: AgentId): void {
    this.#change(agent, { online: false });
    if (this.#options.handBack) this.#departs(agent, 'offline');
  }

  endsShift(agent: AgentId): void {
    this.#change(agent, { online: false, away: true });
    this.#departs(agent, 'shift ended');
    this.#stirred = true;
  }

  /** Out of the team's settings, or disabled. */
  leaves(agent: AgentId): void {
    this.#change(agent, { disabled: true, online: false });
    this.#departs(agent, 'left');
    this.#stirred = true;
  }

  setCapacity(agent: AgentId, capacity: number | null): void {
    this.#change(agent, { capacity });
    this.#stirred = true;
  }

  setDistribution(on: boolean): void {
    this.rules.distribution = on;
    this.#stirred = true;
  }

  /** R17: every open session hears of newer settings. */
  changeSettings(
    change: Partial<StoredPolicy['clocks']>,
    hours = this.settings.business_hours,
  ): void {
    const version = this.settings.settings_version + 1;
    const clocks = { ...this.settings.clocks, ...change };
    this.settings = {
      ...this.settings,
      clocks,
      business_hours: hours,
      settings_version: version,
    };
    for (const customer of this.customers) {
      customer.sim.world.hasClosingText = clocks.autoClose.text !== '';
      if (customer.open !== null) this.tells(customer, { kind: 'settings_changed', version });
    }
    this.#stirred = true;
  }

  /** Open sessions in sight that somebody has (R48). */
  loadOf(agent: AgentId, besides: Customer | null = null): number {
    return this.customers.filter(
      (one) => one !== besides && one.open?.assignee === agent && one.open.snoozedUntil === null,
    ).length;
  }

  /** Who stands in the line, longest waiting first. */
  line(kind: SessionKind): Customer[] {
    const since = ({ sim }: Customer) => standsInLineSince(sim.session) ?? Infinity;
    return this.customers
      .filter((one) => one.kind === kind && standsInLineSince(one.sim.session) !== null)
      .sort((a, b) => since(a) - since(b));
  }

  /** Who would be told now that their turn has come. */
  due(kind: SessionKind): Customer[] {
    const line = this.line(kind);
    const asleep = line.filter((one) => !this.#isWoken(one));
    const facts = { team: this.#teamFor(kind), rules: this.rules };
    const woken = line.length - asleep.length;
    return dueInLine(asleep, ({ sim }) => triedBy(sim.session), { facts, woken }).due;
  }

  run(until: Instant): this {
    for (;;) {
      this.#settle();
      this.#options.onRest();
      const next = Math.min(
        this.#agenda[0]?.at ?? Infinity,
        ...this.customers.map(({ nextAt }) => nextAt),
      );
      if (next > until) break;
      this.now = Math.max(this.now, next);
      while ((this.#agenda[0]?.at ?? Infinity) <= this.now) this.#agenda.shift()?.act();
    }
    this.now = Math.max(this.now, until);
    return this;
  }

  /** Until nothing more happens at this moment. */
  #settle(): void {
    for (let rounds = 0; ; rounds += 1) {
      if (rounds > MAX_ROUNDS_AT_ONCE) throw new Error(`Never rests at ${String(this.now)}`);
      const due = this.customers.filter(({ nextAt }) => nextAt <= this.now);
      if (due.length === 0 && !this.#stirred) return;
      for (const customer of this.#options.order(due)) {
        customer.sim.run(this.now);
        customer.nextAt = customer.sim.nextAt;
      }
      if (this.#stirred) this.#examine();
    }
  }

  #change(agent: AgentId, change: Partial<Colleague>): void {
    this.team = this.team.map((one) => (one.agent === agent ? { ...one, ...change } : one));
  }

  /** As db/departures.ts: whose assignee it is; of who only went away, supported sessions are not told. */
  #departs(agent: AgentId, cause: LeavingCause): void {
    const waitingSince = ({ open }: Customer) => open?.wait?.startedAt ?? Infinity;
    this.customers
      .filter(
        ({ open }) =>
          open !== null &&
          (open.assignee === agent || (cause === 'left' && open.supporters.includes(agent))),
      )
      .sort((a, b) => waitingSince(a) - waitingSince(b) || 0)
      .forEach((customer) => this.tells(customer, { kind: 'agent_left', agent, cause }));
  }

  /** As db/line.ts: wakes as many as there are places, longest waiting first. */
  #examine(): void {
    this.#stirred = false;
    for (const kind of ['message', 'comment'] as const) {
      for (const customer of this.due(kind)) {
        this.tells(customer, { kind: 'agent_available' });
        customer.wokenAt = this.now;
        customer.lastWokenAt = this.now;
        this.at(this.now + WAKE_LAPSES_MS, () => {
          this.#stirred = true;
        });
      }
    }
  }

  #isWoken({ wokenAt }: Customer): boolean {
    return wokenAt !== null && wokenAt > this.now - WAKE_LAPSES_MS;
  }

  #committed(customer: Customer, commit: Commit): void {
    const { before, after, events } = commit;
    const line = this.customers.flatMap((other) => {
      const since = standsInLineSince(other.sim.session);
      if (other === customer || other.kind !== customer.kind || since === null) return [];
      return [
        {
          customer: other,
          since,
          joinedAt: other.joinedAt ?? since,
          lastWokenAt: other.lastWokenAt,
          tried: triedBy(other.sim.session),
        },
      ];
    });
    this.commits.push({ ...commit, customer, line, wokenAt: customer.wokenAt });
    const inLine = standsInLineSince(after) !== null;
    if (!inLine) customer.joinedAt = null;
    else customer.joinedAt ??= commit.now;
    if (!inLine || events.some(({ type }) => type === 'NotAssigned')) customer.wokenAt = null;
    if (stirsLine(before, after, this.#isLimited())) this.#stirred = true;
  }

  #isLimited(): boolean {
    return this.team.some(({ capacity }) => capacity !== null);
  }

  #teamFor(kind: SessionKind, asking: Customer | null = null): TeamMember[] {
    return this.team.map((one) => ({
      ...one,
      receives: one.receives[kind],
      load: this.#isLimited() ? this.loadOf(one.agent, asking) : 0,
    }));
  }

  #factsOf(customer: Customer): AssignmentFacts {
    const { kind, person } = customer;
    const others = this.line(kind).filter((one) => one !== customer);
    const previous = this.customers
      .filter((one) => one !== customer && one.person === person)
      .filter(({ sim }) => sim.session.lastAssignee !== null)
      .sort((a, b) => (b.sim.journal.at(-1)?.at ?? 0) - (a.sim.journal.at(-1)?.at ?? 0))[0];
    return {
      rules: this.rules,
      team: this.#teamFor(kind, customer),
      groups: this.#options.groups,
      owner: this.owners.get(person) ?? null,
      previous: previous?.sim.session.lastAssignee ?? null,
      texts: [],
      lineHead: others[0]?.open?.inLineSince ?? null,
      cursors: this.cursors[kind],
      dice: this.#options.dice(),
    };
  }
}

type CustomerOptions = Partial<Pick<World, 'kind' | 'react' | 'awake' | 'meanwhile'>> & {
  person?: string;
};
