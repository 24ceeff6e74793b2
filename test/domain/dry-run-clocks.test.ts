import { describe, expect, test } from 'vitest';
import {
  CLOCKED,
  countClocks,
  noCounts,
  totalOf,
  type ClockCounts,
  type ClockSide,
} from '#domain/dry-run/clocks.ts';
import { diceOf } from '#domain/dry-run/compare.ts';
import { factsOf } from '#domain/facts.ts';
import type { SessionId } from '#domain/ids.ts';
import { MINUTE } from '#domain/instant.ts';
import type { Policy } from '#domain/policy.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import { DEFAULT_RULES, member } from '#test/support/assignment-builders.ts';
import { RecordedDays } from '#test/support/recorded-days.ts';
import { an, binh, chi, clocks, minute } from '#test/support/session-builders.ts';

const period = { from: minute(0), until: minute(1_000) };

const count = (policy: Policy, events: SessionEvent[], over = period): ClockSide => {
  const side: ClockSide = new Map();
  countClocks(side, events, policy, over);
  return side;
};
const total = (policy: Policy, events: SessionEvent[], over = period) =>
  totalOf(count(policy, events, over));
const counts = (some: Partial<ClockCounts>): ClockCounts => ({ ...noCounts(), ...some });

const opened = (at: number, round = 1): SessionEvent => ({
  type: 'Opened',
  at: minute(at),
  round,
  cause: 'customer',
  by: null,
});
const wrote = (at: number, no = 1): SessionEvent => ({
  type: 'WaitStarted',
  at: minute(at),
  no,
  unanswered: [[no, minute(at)]],
});
const assigned = (at: number, agent = an, no = 1): SessionEvent => ({
  type: 'Assigned',
  at: minute(at),
  no,
  agent,
  how: 'automatic',
  by: null,
  from: null,
});
const unassigned = (at: number): SessionEvent => ({
  type: 'Unassigned',
  at: minute(at),
  from: an,
  cause: 'by hand',
  by: an,
});
const answered = (at: number, no = 1): SessionEvent[] => [
  { type: 'StaffAnswered', at: minute(at), agent: an, sentAt: minute(at), upToSeq: null },
  { type: 'WaitEnded', at: minute(at), no, cause: 'answered', endedAt: minute(at) },
];
const done = (at: number, cause: 'agent' | 'clock' = 'agent', no = 1): SessionEvent[] => [
  ...(cause === 'agent'
    ? [
        {
          type: 'WaitEnded' as const,
          at: minute(at),
          no,
          cause: 'done' as const,
          endedAt: minute(at),
        },
      ]
    : []),
  { type: 'MarkedDone', at: minute(at), cause, by: null, closingText: 'none' },
];
const visit = (...answer: SessionEvent[]) => [opened(0), wrote(0), assigned(0), ...answer];

describe('response deadlines with the answer times recorded (R45, R64)', () => {
  test.for<[string, number, SessionEvent[], Partial<ClockCounts>]>([
    ['met by an answer before it', 30, visit(...answered(20)), { met: 1 }],
    ['missed by the same answer, were it shorter', 15, visit(...answered(20)), { missed: 1 }],
    ['neither, done unanswered before it', 30, visit(...done(20)), { none: 1 }],
    ['missed, done unanswered after it', 15, visit(...done(20)), { missed: 1 }],
    ['missed without any answer', 30, visit(), { missed: 1 }],
    ['still running at the end', 2_000, visit(), { running: 1 }],
    ['none while nobody has it', 30, [opened(0), wrote(0), ...answered(500)], { none: 1 }],
    [
      'from the assignment on',
      30,
      [opened(0), wrote(0), assigned(100), ...answered(120)],
      { met: 1 },
    ],
    [
      'not begun anew from agent to agent',
      30,
      visit(assigned(25, binh, 2), ...answered(40)),
      { missed: 1 },
    ],
    [
      'begun anew after nobody had it',
      30,
      visit(unassigned(20), assigned(25, binh, 2), ...answered(40)),
      { met: 1 },
    ],
    [
      'stopped by a snooze, and begun anew after it',
      30,
      visit(
        { type: 'Snoozed', at: minute(10), until: minute(100), by: an },
        { type: 'Woken', at: minute(100), since: minute(100), cause: 'time', by: null },
        ...answered(125),
      ),
      { met: 1 },
    ],
  ])('%s', ([, deadline, events, expected]) => {
    expect(total(clocks({ deadline, warn: 1 }), events)).toEqual(counts(expected));
  });

  test('stand still outside the business hours where they follow them (R46)', () => {
    const events = visit(...answered(70));
    const open: [number, number][] = [
      [0, 10],
      [60, 600],
    ];
    expect(total(clocks({ deadline: 30, open }), events)).toEqual(counts({ met: 1 }));
    expect(total(clocks({ deadline: 30 }), events)).toEqual(counts({ missed: 1 }));
  });

  test('count for who had it at the end', () => {
    const events = visit(assigned(5, binh, 2), ...answered(40));
    expect([...count(clocks({ deadline: 30 }), events)]).toEqual([[binh, counts({ missed: 1 })]]);
  });

  test('count in the period alone, with how it stood before', () => {
    const events = visit(...answered(5), wrote(50, 2), ...answered(55, 2));
    const later = { from: minute(40), until: minute(100) };
    expect(total(clocks({ deadline: 30 }), events, later)).toEqual(counts({ met: 1 }));
  });

  test('are none where the clock is off', () => {
    expect(total(clocks({}), visit(...answered(20)))).toEqual(counts({ none: 1 }));
  });
});

describe('reassign time-outs that would have fired (R44, R64)', () => {
  test.for<[string, number, SessionEvent[], number]>([
    ['none, when answered in time', 30, visit(...answered(20)), 0],
    ['one, when answered later', 15, visit(...answered(20)), 1],
    ['one for each who had it', 15, visit(assigned(17, binh, 2), ...answered(40)), 2],
    ['one and not more, while nobody else is found', 15, visit(), 1],
    ['none while nobody has it', 15, [opened(0), wrote(0)], 0],
  ])('%s', ([, reassign, events, expected]) => {
    expect(total(clocks({ reassign }), events).timeOuts).toBe(expected);
  });
});

describe('automatic closes that would have fired (R43, R64)', () => {
  const goesOn = visit(...answered(10), wrote(60, 2), ...answered(65, 2), ...done(66));
  test.for<[string, number, SessionEvent[], Partial<ClockCounts>]>([
    ['none before the customer wrote again', 60, goesOn, {}],
    [
      'one, and the customer’s next message would have come too late',
      30,
      goesOn,
      { closes: 1, cutOff: 1 },
    ],
    ['one, when nothing followed', 30, visit(...answered(10)), { closes: 1 }],
    ['none while the customer waits', 30, visit(), {}],
    [
      'one in place of the one that was',
      30,
      visit(...answered(10), ...done(40, 'clock')),
      { closes: 1 },
    ],
    [
      'none in place of one that was, when the customer wrote before it',
      60,
      visit(
        ...answered(10),
        ...done(20, 'clock'),
        opened(50, 2),
        wrote(50, 2),
        ...answered(51, 2),
        ...done(52),
      ),
      {},
    ],
    [
      'one, however much earlier: what it ended was over',
      5,
      visit(...answered(10), ...done(20, 'clock'), opened(50, 2), wrote(50, 2)),
      { closes: 1 },
    ],
  ])('%s', ([, close, events, expected]) => {
    const { closes, cutOff } = total(clocks({ close }), events);
    expect({ closes, cutOff }).toEqual({ closes: 0, cutOff: 0, ...expected });
  });
});

describe('under the clocks that had counted (R64)', () => {
  const dice = diceOf(3);
  const days = (seed: number): RecordedDays => {
    const below = (no: number, most: number) => Math.floor(dice(`${seed}` as SessionId, no) * most);
    const policy = clocks({ deadline: 12, warn: 3, reassign: 8, close: 20 });
    const team = [an, binh, chi].map((one) => member(one));
    const world = new RecordedDays(
      { rules: DEFAULT_RULES, team: { message: team, comment: team } },
      { groups: {}, policy, dice },
    );
    for (let step = 0; step < 200; step += 1) {
      world.pass(world.now + 1 + below(step, 5 * MINUTE));
      const open = world.open();
      const place = open[below(step + 1_000, open.length)];
      const what = below(step + 2_000, 10);
      if (place === undefined || what < 4)
        world.write(`customer ${below(step + 3_000, 12)}`, 'message');
      else if (what < 8) world.answer(place);
      else if (what === 8)
        world.command(place, an, { type: 'done', seenSeq: place.session.lastCustomerSeq });
      else world.command(place, an, { type: 'snooze', until: world.now + 15 * MINUTE });
    }
    return world;
  };

  test.for(Array.from({ length: 30 }, (_, seed) => seed))(
    'comes to what became of each wait, time-out and close: days %i',
    (seed) => {
      const world = days(seed);
      const side: ClockSide = new Map();
      const real = noCounts();
      for (const { told, session } of world.places.values()) {
        const events = told.map(({ event }) => event);
        const { policy } = session;
        const clocked = events.filter(({ type }) => CLOCKED.some((one) => one === type));
        countClocks(side, clocked, policy, { from: 0, until: world.now });
        for (const wait of factsOf({ ...NEW_SESSION, policy }, events).waits)
          real[wait.outcome ?? 'running'] += 1;
        for (const event of events) {
          if ('how' in event && event.how === 'timeout') real.timeOuts += 1;
          if (event.type === 'MarkedDone' && event.cause === 'clock') real.closes += 1;
        }
      }
      expect(real.missed + real.timeOuts + real.closes).toBeGreaterThan(0);
      expect(totalOf(side)).toEqual(real);
    },
  );
});
