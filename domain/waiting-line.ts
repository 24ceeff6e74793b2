import type { AgentId } from './ids.ts';
import { placesFree, type LineFacts } from './distribution.ts';

/** @property woken how many have been told, and have not used it yet */
export type Look = { facts: LineFacts; woken: number };

/** @property isOver nobody who stands behind these is told in this look */
export type Due<One> = { due: One[]; isOver: boolean };

/**
 * R48: who of a line is told that their turn has come: as many as there are places free, longest waiting first. A session
 * that nobody could be given (R58) is told nothing, else it would ask in vain at every look, and keeps no other from a
 * place. One that has to wait only because those told before may take its place is overtaken by nobody.
 * @param line longest waiting first
 * @param tried who was in charge during the wait of one of them
 */
export function dueInLine<One>(
  line: readonly One[],
  tried: (one: One) => readonly AgentId[],
  { facts, woken }: Look,
): Due<One> {
  const most = placesFree(facts) - woken;
  const due: One[] = [];
  for (const one of line) {
    if (due.length >= most) break;
    const places = placesFree(facts, tried(one));
    if (places === 0) continue;
    if (places <= woken + due.length) return { due, isOver: true };
    due.push(one);
  }
  return { due, isOver: due.length >= most };
}
