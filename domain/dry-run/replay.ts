/** One replay of a dry run: as it was recorded, or with the rules asked anew (R64). */
import { decideAssignment, newOwner } from '../assignment.ts';
import { createBook, type Book, type Known, type Standing } from './book.ts';
import { createWaitingLine } from './line.ts';
import { createKeywords } from './keywords.ts';
import { createSeats } from './team.ts';
import {
  shareOf,
  type Dice,
  type DryRunHistory,
  type DryRunSettings,
  type Happening,
  type Side,
} from './compare.ts';
import { placesFree } from '../distribution.ts';
import type { AgentId, CustomerId, SessionId, SessionKind } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { byRules, type AssignAsk } from '../session/ask.ts';
import { decide } from '../session/decide.ts';
import type { SessionEvent } from '../session/event.ts';
import { placesOf, standsInLineSince, stirsLine } from '../session/line.ts';
import { isOpen, type Session } from '../session/session.ts';

export type Replay = {
  take(happening: Happening): void;
  /** Null = it is not open. */
  standing(id: SessionId): Standing | null;
  open(): SessionId[];
  /** What has been counted so far; for whom a round stands at its end is counted by who compares. */
  side: Side;
};

type OfSession = Happening & { type: 'session' };
type Start = Pick<DryRunHistory, 'from' | 'groups' | 'cursors'>;

/** @param settings null = as it was recorded */
export function createReplay(settings: DryRunSettings | null, start: Start, dice: Dice): Replay {
  const side: Side = { agents: new Map(), unassigned: new Map(), joinedLine: 0 };
  const counting = ({ session }: Known, before: Session, event: SessionEvent) => {
    if (event.at < start.from) return;
    if (event.type === 'Assigned' && event.how !== 'manual')
      shareOf(side, event.agent).assigned += 1;
    // A line that stands still is counted as what it is: distribution is off.
    const isWaiting = event.type === 'NotAssigned' && event.cause !== 'distribution off';
    if (isWaiting && !placesOf(before).inLine && placesOf(session).inLine) side.joinedLine += 1;
  };
  const told =
    settings === null ? asRecorded(counting) : byTheRules(settings, start, { dice, counting });
  return {
    take: told.take,
    standing: (id) => told.book.standing(id),
    open: () => told.book.open(),
    side,
  };
}

type Moved = (known: Known, before: Session, event: SessionEvent) => void;

function asRecorded(counting: Moved) {
  const book = createBook(counting);
  const take = (happening: Happening): void => {
    if (happening.type === 'session') book.apply(book.of(happening.session), happening.event);
  };
  return { book, take };
}

const KINDS: SessionKind[] = ['message', 'comment'];

function byTheRules(
  { rules, team }: DryRunSettings,
  { from, groups, cursors: atStart }: Start,
  { dice, counting }: { dice: Dice; counting: Moved },
) {
  const seats = createSeats(team);
  const keywords = createKeywords(rules);
  const lines = { message: createWaitingLine(), comment: createWaitingLine() };
  const cursors = { message: { ...atStart.message }, comment: { ...atStart.comment } };
  const owners = new Map<CustomerId, AgentId | null>();
  const stirred = new Set<SessionKind>();
  let hasBegun = false;

  const book: Book = createBook((known, before, event) => {
    const { recorded, session } = known;
    counting(known, before, event);
    const [was, is] = [placesOf(before), placesOf(session)];
    if (was.holder !== is.holder) {
      if (was.holder !== null) seats.hold(was.holder, -1);
      if (is.holder !== null) seats.hold(is.holder, 1);
    }
    const [left, joined] = [standsInLineSince(before), standsInLineSince(session)];
    if (left !== joined) {
      if (left !== null) lines[recorded.kind].leave(recorded.id, left);
      if (joined !== null) lines[recorded.kind].join(recorded.id, joined);
    }
    if (stirsLine(before, session, seats.isLimited)) stir();
    const owner = newOwner(event, rules);
    if (owner !== null && event.at >= from) owners.set(recorded.person, owner);
  });

  return { book, take };

  /** Places are counted over all sessions: both lines may have waited for one. */
  function stir(): void {
    for (const kind of KINDS) stirred.add(kind);
  }

  function take(happening: Happening): void {
    if (!hasBegun && happening.at >= from) {
      hasBegun = true;
      stir();
    }
    follow(happening);
    if (hasBegun) giveOutLines(happening.at);
  }

  function follow(happening: Happening): void {
    switch (happening.type) {
      case 'presence':
        seats.setPresence(happening.agent, happening);
        if (happening.online || !happening.away) stir();
        return;
      case 'owner':
        owners.set(happening.person, happening.owner);
        return;
      case 'elsewhere':
        seats.hold(happening.agent, happening.by);
        if (happening.by < 0 && seats.isLimited) stir();
        return;
      case 'session':
        if (hasBegun) return followSession(happening);
        return book.apply(book.of(happening.session), happening.event);
    }
  }

  /** What the rules decided is decided anew; the rest happens as it did. */
  function followSession(happening: OfSession): void {
    const known = book.of(happening.session);
    const { event } = happening;
    switch (event.type) {
      case 'NotAssigned':
      case 'Assigned':
        if (event.how === 'automatic') return askAgain(known, event.at);
        if (event.how === 'timeout') return timeOut(known, event.at);
        return event.type === 'Assigned' ? byHand(known, event, happening) : undefined;
      case 'Unassigned':
        return unassign(known, event);
      default:
        return book.apply(known, event);
    }
  }

  /** Its turn in the line, and what follows when an agent leaves, this replay finds by itself. */
  function askAgain(known: Known, at: Instant): void {
    const { session, isOpening } = known;
    if (!isOpen(session) || session.assignee !== null) return;
    if (isOpening) ask(known, byRules({ sticky: true }), at);
  }

  /** As `followClocks` asks. Whoever got it later than was recorded had less time: that is not known here. */
  function timeOut(known: Known, at: Instant): void {
    const { session } = known;
    if (!isOpen(session) || session.assignee === null || session.wait === null) return;
    if (session.wait.exhausted) return;
    ask(known, byRules({ how: 'timeout', exclude: session.wait.tried }), at);
  }

  /** Who was put in charge by hand is put in charge here too, unless it was taken because nobody had it. */
  function byHand(
    known: Known,
    event: SessionEvent & { type: 'Assigned' },
    { group }: OfSession,
  ): void {
    const { session } = known;
    if (!isOpen(session)) return;
    if (event.from === null && session.assignee !== null) return;
    if (group === undefined) return book.apply(known, event);
    // As the command asks: who has it already is not meant (R34).
    const exclude = session.assignee === null ? [] : [session.assignee];
    ask(known, byRules({ how: 'manual', by: event.by, group, exclude }), event.at);
  }

  function unassign(known: Known, event: SessionEvent & { type: 'Unassigned' }): void {
    const { session } = known;
    if (!isOpen(session) || session.assignee === null) return;
    const { at, from: agent, cause } = event;
    if (cause === 'by hand') return book.apply(known, { ...event, from: session.assignee });
    const leaving = cause === 'agent left' ? 'left' : cause;
    const decision = decide(session, { kind: 'agent_left', seq: 0, at, agent, cause: leaving }, at);
    if ('refused' in decision) return;
    for (const one of decision.events) book.apply(known, one);
    if (decision.ask?.ask === 'assign') ask(known, decision.ask, at);
  }

  function ask(known: Known, question: AssignAsk, at: Instant): void {
    const { recorded, session } = known;
    const { id, kind, person, owner } = recorded;
    const texts = keywords.since(known, at);
    const facts = {
      rules: keywords.rulesFor(texts),
      team: seats.team[kind],
      groups,
      owner: owners.has(person) ? (owners.get(person) ?? null) : owner,
      previous: previousOf(known),
      texts,
      lineHead: lines[kind].headBeside(id),
      cursors: cursors[kind],
      dice: dice(id, at),
    };
    const decision = decideAssignment(question, session, facts, at);
    if (decision.picked !== null) cursors[kind][decision.picked.rotation] = decision.picked.agent;
    known.trace = decision.trace;
    for (const event of decision.events) book.apply(known, event);
  }

  function previousOf({ recorded, session }: Known): AgentId | null {
    if (session.lastAssignee !== null) return null;
    for (const other of recorded.others) {
      const known = book.find(other.id);
      const last = known === undefined ? other.lastAssignee : known.session.lastAssignee;
      if (last !== null) return last;
    }
    return null;
  }

  /** R48, as db/line.ts does it: as many as there are places, longest waiting first, until nothing stirs. */
  function giveOutLines(at: Instant): void {
    while (stirred.size > 0) {
      const kinds = [...stirred];
      stirred.clear();
      for (const kind of kinds) giveOut(kind, at);
    }
  }

  function giveOut(kind: SessionKind, at: Instant): void {
    const line = lines[kind];
    if (line.length() === 0) return;
    const places = placesFree({ team: seats.team[kind], rules });
    for (const id of line.first(Math.max(0, places))) {
      const known = book.find(id);
      if (known !== undefined) ask(known, byRules({ isWoken: true }), at);
    }
  }
}
