/** The replay of a dry run with the rules asked anew (R64): see compare.ts. */
import { decideAssignment, newOwner } from '../assignment.ts';
import { createBook, type Book, type Known } from './book.ts';
import { leavingCause } from './departures.ts';
import { createWaitingLine } from './line.ts';
import { createKeywords } from './keywords.ts';
import { createSeats } from './team.ts';
import type { Dice, DryRunHistory, DryRunSettings, Happening } from './compare.ts';
import type { AgentId, CustomerId, SessionId, SessionKind } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { byRules, type AssignAsk } from '../session/ask.ts';
import { decide } from '../session/decide.ts';
import type { LeavingCause } from '../session/entry.ts';
import type { SessionEvent } from '../session/event.ts';
import { placesOf, standsInLineSince, stirsLine } from '../session/line.ts';
import { isOpen, triedBy, type Session } from '../session/session.ts';
import { dueInLine } from '../waiting-line.ts';

export type Start = Pick<DryRunHistory, 'from' | 'groups' | 'cursors'>;
export type Moved = Parameters<typeof createBook>[0];

type OfSession = Happening & { type: 'session' };

const KINDS: SessionKind[] = ['message', 'comment'];

export function byTheRules(
  { rules, team }: DryRunSettings,
  { from, groups, cursors: atStart }: Start,
  { dice, counting }: { dice: Dice; counting: Moved },
) {
  const seats = createSeats(team);
  const keywords = createKeywords(rules);
  const lines = { message: createWaitingLine(), comment: createWaitingLine() };
  const cursors = { message: { ...atStart.message }, comment: { ...atStart.comment } };
  const owners = new Map<CustomerId, AgentId | null>();
  const held = new Map<AgentId, Set<Known>>();
  const stirred = new Set<SessionKind>();
  let hasBegun = false;

  const book: Book = createBook((known, before, event) => {
    const { recorded, session } = known;
    counting(known, before, event);
    moveHeld(known, chargeOf(before), chargeOf(session));
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

  function moveHeld(known: Known, was: AgentId | null, is: AgentId | null): void {
    if (was === is) return;
    if (was !== null) held.get(was)?.delete(known);
    if (is !== null) held.set(is, (held.get(is) ?? new Set()).add(known));
  }

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
      case 'left':
        return leave(happening);
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

  /** What the line and departures led to is found anew, as they come. */
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
    const { at, from: agent } = event;
    const cause = leavingCause(event.cause);
    if (cause === null) return book.apply(known, { ...event, from: session.assignee });
    handBack(known, { at, agent, cause });
  }

  /** What only this replay has given to who left: nothing that was recorded tells of it. */
  function leave({ handedBack, ...departure }: Happening & { type: 'left' }): void {
    if (!hasBegun) return;
    for (const known of [...(held.get(departure.agent) ?? [])])
      if (!handedBack.has(known.recorded.id)) handBack(known, departure);
  }

  function handBack(
    known: Known,
    { at, agent, cause }: { at: Instant; agent: AgentId; cause: LeavingCause },
  ): void {
    const { session } = known;
    const decision = decide(session, { kind: 'agent_left', seq: 0, at, agent, cause }, at);
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
    const look = { facts: { team: seats.team[kind], rules }, woken: 0 };
    for (const { id } of dueInLine(line.inOrder(), triedFor, look).due) {
      const known = book.find(id);
      if (known !== undefined) ask(known, byRules({ isWoken: true }), at);
    }
  }

  function triedFor({ id }: { id: SessionId }): AgentId[] {
    const known = book.find(id);
    return known === undefined ? [] : triedBy(known.session);
  }
}

function chargeOf(session: Session): AgentId | null {
  return isOpen(session) ? session.assignee : null;
}
