/** One replay of a dry run: as it was recorded, or with the rules asked anew (R64). */
import { createBook, type Known, type Standing } from './book.ts';
import { byTheRules, type Moved, type Start } from './by-rules.ts';
import { shareOf, type Dice, type DryRunSettings, type Happening, type Side } from './compare.ts';
import type { SessionId } from '../ids.ts';
import type { SessionEvent } from '../session/event.ts';
import { placesOf } from '../session/line.ts';
import type { Session } from '../session/session.ts';

export type Replay = {
  take(happening: Happening): void;
  /** Null = it is not open. */
  standing(id: SessionId): Standing | null;
  open(): SessionId[];
  /** What has been counted so far; for whom a round stands at its end is counted by who compares. */
  side: Side;
};

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

function asRecorded(counting: Moved) {
  const book = createBook(counting);
  const take = (happening: Happening): void => {
    if (happening.type === 'session') book.apply(book.of(happening.session), happening.event);
  };
  return { book, take };
}
