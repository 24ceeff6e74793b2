import { expect, test } from 'vitest';
import type { AgentId } from '#domain/ids.ts';
import { dueInLine } from '#domain/waiting-line.ts';
import { DEFAULT_RULES, member } from '#test/support/assignment-builders.ts';
import { an, binh, chi } from '#test/support/session-builders.ts';

type Waiting = { name: string; tried: AgentId[] };
const fresh = (name: string): Waiting => ({ name, tried: [] });
const ofAn = (name: string): Waiting => ({ name, tried: [an] });

/** An has gone home and the rules reach him all the same (R8); Binh is there. Each has so many places free. */
const told = (line: Waiting[], { ofAns = 1, ofBinhs = 1, woken = 0, anIsBack = false } = {}) => {
  const team = [
    member(an, { online: anIsBack, capacity: ofAns }),
    member(binh, { online: true, capacity: ofBinhs }),
  ];
  const facts = { team, rules: { ...DEFAULT_RULES, applyTo: 'all' as const } };
  const { due } = dueInLine(line, ({ tried }) => tried, { facts, woken });
  return due.map(({ name }) => name);
};

test.for<[string, string[], string[]]>([
  [
    'R48: as many are told as there are places, longest waiting first',
    told([fresh('a'), fresh('b'), fresh('c')]),
    ['a', 'b'],
  ],
  ['who was told before may take a place', told([fresh('a'), fresh('b')], { woken: 1 }), ['a']],
  [
    'R58: who is passed over has no place for what they handed back, and others are told past it',
    told([ofAn('a'), fresh('b')], { ofBinhs: 0 }),
    ['b'],
  ],
  [
    'R57 × R58: whom somebody who has left the team took it from is not passed over',
    told([{ name: 'a', tried: [an, chi] }], { ofBinhs: 0 }),
    ['a'],
  ],
  ['R58: back again, they count', told([ofAn('a')], { ofBinhs: 0, anIsBack: true }), ['a']],
  [
    'R48: nobody overtakes who must only wait for those told before',
    told([ofAn('a'), fresh('b')], { ofAns: 5, woken: 1 }),
    [],
  ],
  [
    'the place of somebody else is enough',
    told([ofAn('a'), ofAn('b'), fresh('c')], { ofBinhs: 2 }),
    ['a', 'b', 'c'],
  ],
])('%s', ([, is, expected]) => {
  expect(is).toEqual(expected);
});
