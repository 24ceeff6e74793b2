import { describe, expect, test } from 'vitest';
import type { StoredBusinessHours } from '#db/stored.ts';
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '#domain/instant.ts';
import { runningClocks, nextDueAt } from '#domain/session/clocks.ts';
import { an, binh, chi } from '#test/support/session-builders.ts';
import {
  ChannelSimulation,
  colleague,
  type ChannelOptions,
} from '#test/support/simulate-channel.ts';
import { daily, SAIGON, saigon, story, wall, weekly } from './stories.ts';

const lunch = weekly(['8:00-12:00', '13:00-18:00'], { saturday: ['8:00-12:00'] });

/** Reassign after 20 minutes, warned after 25, overdue after 30, closed after 30: all by the business hours. */
const clocks: ChannelOptions['clocks'] = {
  autoClose: { on: true, afterSeconds: 1_800, text: 'Cảm ơn anh chị!', businessHours: true },
  reassign: { on: true, afterSeconds: 1_200, businessHours: true },
  deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300, businessHours: true },
};

const onlyDeadline: ChannelOptions['clocks'] = {
  deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300, businessHours: true },
};

const onlyClose: ChannelOptions['clocks'] = {
  autoClose: { on: true, afterSeconds: 1_800, text: '', businessHours: true },
};

function opensAt(begins: Instant, options: Partial<ChannelOptions> = {}): ChannelSimulation {
  const team = [colleague(an), colleague(binh), colleague(chi)];
  return new ChannelSimulation(begins, { team, clocks, hours: lunch, ...options });
}

describe('R46: over the lunch break', () => {
  test('reassign, warning and deadline stand still at 12:00 and go on at 13:00', () => {
    const channel = opensAt(saigon('2026-11-23 08:00'));
    const lan = channel.customer('lan');
    channel.at(saigon('2026-11-23 11:45'), () => channel.writes(lan));
    channel.run(saigon('2026-11-23 13:30'));
    expect(story(channel, { of: lan })).toEqual([
      'Mon 11:45:00 Opened',
      'Mon 11:45:00 Assigned an (automatic)',
      'Mon 13:05:00 Assigned binh (timeout)',
      'Mon 13:10:00 Warned',
      'Mon 13:15:00 Overdue',
      'Mon 13:25:00 Assigned chi (timeout)',
    ]);
  });

  test('a message at 11:59 has one minute before it, one at 12:30 none', () => {
    const channel = opensAt(saigon('2026-11-23 08:00'), { clocks: onlyDeadline });
    const [early, late] = [channel.customer('early'), channel.customer('late')];
    channel.at(saigon('2026-11-23 11:59'), () => channel.writes(early));
    channel.at(saigon('2026-11-23 12:30'), () => channel.writes(late));
    channel.run(saigon('2026-11-23 14:00'));
    expect(story(channel, { of: early }).slice(2)).toEqual([
      'Mon 13:24:00 Warned',
      'Mon 13:29:00 Overdue',
    ]);
    expect(story(channel, { of: late }).slice(2)).toEqual([
      'Mon 13:25:00 Warned',
      'Mon 13:30:00 Overdue',
    ]);
  });

  test('a deadline that ends with the morning is missed at 12:00, and not at 13:00', () => {
    const channel = opensAt(saigon('2026-11-23 08:00'), { clocks: onlyDeadline });
    const lan = channel.customer('lan');
    channel.at(saigon('2026-11-23 11:30'), () => channel.writes(lan));
    channel.run(saigon('2026-11-23 14:00'));
    expect(story(channel).slice(2)).toEqual([
      'Mon 11:55:00 lan: Warned',
      'Mon 12:00:00 lan: Overdue',
    ]);
  });

  test('R43: auto-close waits with them, and the closing text comes after lunch', () => {
    const channel = opensAt(saigon('2026-11-23 08:00'));
    const lan = channel.customer('lan');
    channel.at(saigon('2026-11-23 11:40'), () => channel.writes(lan));
    channel.at(saigon('2026-11-23 11:50'), () => channel.answers(an, lan));
    channel.run(saigon('2026-11-23 13:20'));
    expect(lan.sim.session.status).toBe('open');
    channel.run(saigon('2026-11-23 18:00'));
    expect(story(channel, { of: lan }).slice(2)).toEqual([
      'Mon 11:50:00.5 StaffAnswered an',
      'Mon 13:20:00.5 CloseStarted',
      'Mon 13:20:01 MarkedDone clock, text sent',
    ]);
  });

  test('R43: an answer given over lunch runs from 13:00, and one at 17:45 until the next morning', () => {
    const channel = opensAt(saigon('2026-11-23 08:00'), { clocks: onlyClose });
    const [noon, evening] = [channel.customer('noon'), channel.customer('evening')];
    channel.at(saigon('2026-11-23 12:05'), () => channel.writes(noon));
    channel.at(saigon('2026-11-23 12:10'), () => channel.answers(an, noon));
    channel.at(saigon('2026-11-23 17:40'), () => channel.writes(evening));
    channel.at(saigon('2026-11-23 17:45'), () => channel.answers(binh, evening));
    channel.run(saigon('2026-11-24 12:00'));
    expect(story(channel, { of: noon }).at(-1)).toBe('Mon 13:30:00 MarkedDone clock, text none');
    expect(story(channel, { of: evening }).at(-1)).toBe(
      'Tue 08:15:00.5 MarkedDone clock, text none',
    );
  });

  test('a customer who writes at 11:59 keeps the session, and the wait is served after lunch', () => {
    const channel = opensAt(saigon('2026-11-23 08:00'));
    const lan = channel.customer('lan');
    channel.at(saigon('2026-11-23 11:29'), () => channel.writes(lan));
    channel.at(saigon('2026-11-23 11:30:29.5'), () => channel.answers(an, lan));
    // Half a minute of the close would have been left for the afternoon.
    channel.at(saigon('2026-11-23 11:59'), () => channel.writes(lan));
    channel.run(saigon('2026-11-23 13:24'));
    expect(story(channel, { of: lan }).slice(2)).toEqual([
      'Mon 11:30:30 StaffAnswered an',
      'Mon 13:19:00 Assigned binh (timeout)',
      'Mon 13:24:00 Warned',
    ]);
  });

  test('each clock follows the hours or not by its own switch', () => {
    const channel = opensAt(saigon('2026-11-23 08:00'), {
      clocks: {
        reassign: { on: true, afterSeconds: 1_200, businessHours: false },
        deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300, businessHours: true },
      },
    });
    const lan = channel.customer('lan');
    channel.at(saigon('2026-11-23 11:50'), () => channel.writes(lan));
    channel.run(saigon('2026-11-23 14:00'));
    expect(story(channel, { of: lan }).slice(2)).toEqual([
      'Mon 12:10:00 Assigned binh (timeout)',
      'Mon 12:30:00 Assigned chi (timeout)',
      'Mon 12:50:00 NotAssigned (nobody qualifies)',
      'Mon 12:50:00 Escalated',
      'Mon 13:15:00 Warned',
      'Mon 13:20:00 Overdue',
    ]);
  });
});

describe('R46: over the weekend and holidays', () => {
  test('a wait from Friday 17:55 is late on Saturday at 8:25, or on Monday where Saturday is free', () => {
    for (const [hours, warned, overdue] of [
      [lunch, 'Sat 08:20:00', 'Sat 08:25:00'],
      [weekly(['8:00-12:00', '13:00-18:00']), 'Mon 08:20:00', 'Mon 08:25:00'],
    ] as const) {
      const channel = opensAt(saigon('2026-11-27 17:55'), { clocks: onlyDeadline, hours });
      channel.writes(channel.customer('lan'));
      channel.run(saigon('2026-12-01 08:00'));
      expect(story(channel).slice(2)).toEqual([`${warned} lan: Warned`, `${overdue} lan: Overdue`]);
    }
  });

  test('one that would fall due on Monday at 8:25 waits for Tuesday if Monday is a holiday', () => {
    const hours = weekly(['8:00-12:00', '13:00-18:00'], { holidays: ['2026-11-30'] });
    const channel = opensAt(saigon('2026-11-27 17:55'), { clocks: onlyDeadline, hours });
    channel.writes(channel.customer('lan'));
    channel.run(saigon('2026-12-02 08:00'));
    expect(story(channel).slice(2)).toEqual([
      'Tue 08:20:00 lan: Warned',
      'Tue 08:25:00 lan: Overdue',
    ]);
  });

  test('an answer on Sunday, when nobody has to be there, is in time and stops everything', () => {
    const hours = weekly(['8:00-12:00', '13:00-18:00']);
    const channel = opensAt(saigon('2026-11-27 17:55'), { hours });
    const lan = channel.customer('lan');
    channel.writes(lan);
    channel.at(saigon('2026-11-29 21:00'), () => channel.answers(an, lan));
    channel.run(saigon('2026-11-30 09:00'));
    expect(story(channel, { of: lan })).toEqual([
      'Fri 17:55:00 Opened',
      'Fri 17:55:00 Assigned an (automatic)',
      'Sun 21:00:00.5 StaffAnswered an',
      'Mon 08:30:00 MarkedDone clock, text skipped',
    ]);
  });

  test('Tết: seven holidays and a weekend, and every clock goes on with its rest', () => {
    const holidays = Array.from(
      { length: 7 },
      (_, n) => `2027-02-${String(4 + n).padStart(2, '0')}`,
    );
    const hours = weekly(['8:00-12:00', '13:00-18:00'], { saturday: ['8:00-12:00'], holidays });
    const channel = opensAt(saigon('2027-02-03 08:00'), { hours });
    const [lan, minh] = [channel.customer('lan'), channel.customer('minh')];
    channel.at(saigon('2027-02-03 17:50'), () => channel.writes(lan));
    channel.at(saigon('2027-02-03 17:30'), () => channel.writes(minh));
    channel.at(saigon('2027-02-03 17:40'), () => channel.answers(binh, minh));
    channel.run(saigon('2027-02-11 09:00'));
    expect(story(channel, { of: lan })).toEqual([
      'Wed 17:50:00 Opened',
      'Wed 17:50:00 Assigned binh (automatic)',
      'Thu 08:10:00 Assigned chi (timeout)',
      'Thu 08:15:00 Warned',
      'Thu 08:20:00 Overdue',
      'Thu 08:30:00 Assigned an (timeout)',
      'Thu 08:50:00 NotAssigned (nobody qualifies)',
      'Thu 08:50:00 Escalated',
    ]);
    const late = lan.sim.events.find(({ type }) => type === 'Overdue');
    expect(late?.at).toBe(saigon('2027-02-11 08:20'));
    // The messaging window has closed meanwhile: the text stays away, and the session is done all the same.
    expect(story(channel, { of: minh }).slice(2)).toEqual([
      'Wed 17:40:00.5 StaffAnswered binh',
      'Thu 08:10:00.5 MarkedDone clock, text skipped',
    ]);
  });

  test('R59: snoozed over the weekend, the clocks begin anew when it comes back', () => {
    const channel = opensAt(saigon('2026-11-27 17:30'), { clocks: onlyDeadline });
    const lan = channel.customer('lan');
    channel.writes(lan);
    const until = saigon('2026-11-30 07:00');
    channel.at(saigon('2026-11-27 17:57'), () =>
      channel.orders(an, lan, { type: 'snooze', until }),
    );
    channel.run(saigon('2026-11-30 09:00'));
    expect(story(channel, { of: lan }).slice(2)).toEqual([
      'Fri 17:55:00 Warned',
      'Fri 17:57:00 Snoozed',
      'Mon 07:00:00 Woken by time',
      'Mon 08:25:00 Warned',
      'Mon 08:30:00 Overdue',
    ]);
  });
});

describe('R46: when the clock is put forward or back', () => {
  const BERLIN = 'Europe/Berlin';
  const NEW_YORK = 'America/New_York';
  type Night = [
    sentence: string,
    zone: { timeZone: string; hours: StoredBusinessHours },
    writes: string,
    overdue: { utc: string; shown: string },
  ];

  test.for<Night>([
    [
      'Berlin, spring: half an hour in the night of the change is half an hour',
      { timeZone: BERLIN, hours: daily('0:00-24:00') },
      '2027-03-28T01:45+01:00',
      { utc: '2027-03-28T01:15Z', shown: 'Sun 03:15:00' },
    ],
    [
      'Berlin, autumn: the hour that comes twice counts twice',
      { timeZone: BERLIN, hours: daily('0:00-24:00') },
      '2027-10-31T02:45+02:00',
      { utc: '2027-10-31T01:15Z', shown: 'Sun 02:15:00' },
    ],
    [
      'New York, spring',
      { timeZone: NEW_YORK, hours: daily('0:00-24:00') },
      '2027-03-14T01:45-05:00',
      { utc: '2027-03-14T07:15Z', shown: 'Sun 03:15:00' },
    ],
    [
      'New York, autumn',
      { timeZone: NEW_YORK, hours: daily('0:00-24:00') },
      '2027-11-07T01:45-04:00',
      { utc: '2027-11-07T06:15Z', shown: 'Sun 01:15:00' },
    ],
    [
      'Berlin, spring: who opens at 2:30, which does not exist, opens at 3:00',
      { timeZone: BERLIN, hours: daily('2:30-6:00') },
      '2027-03-28T00:10+01:00',
      { utc: '2027-03-28T01:30Z', shown: 'Sun 03:30:00' },
    ],
    [
      'Berlin, autumn: who opens at 2:30, which comes twice, opens the first time',
      { timeZone: BERLIN, hours: daily('2:30-6:00') },
      '2027-10-31T00:10+02:00',
      { utc: '2027-10-31T01:00Z', shown: 'Sun 02:00:00' },
    ],
    [
      'New York, spring: who opens at 2:30 opens at 3:00',
      { timeZone: NEW_YORK, hours: daily('2:30-6:00') },
      '2027-03-14T00:10-05:00',
      { utc: '2027-03-14T07:30Z', shown: 'Sun 03:30:00' },
    ],
    [
      'New York, autumn: who closes at 1:30 closes the second time',
      { timeZone: NEW_YORK, hours: daily('0:00-1:30') },
      '2027-11-07T01:10-04:00',
      { utc: '2027-11-07T05:40Z', shown: 'Sun 01:40:00' },
    ],
    [
      'Berlin: from Saturday 17:50 to Sunday 8:20 of summer, an hour sooner than by winter time',
      { timeZone: BERLIN, hours: daily('8:00-18:00') },
      '2027-03-27T17:50+01:00',
      { utc: '2027-03-28T06:20Z', shown: 'Sun 08:20:00' },
    ],
    [
      'New York: from Saturday 17:50 to Sunday 8:20 of winter, an hour later than by summer time',
      { timeZone: NEW_YORK, hours: daily('8:00-18:00') },
      '2027-11-06T17:50-04:00',
      { utc: '2027-11-07T13:20Z', shown: 'Sun 08:20:00' },
    ],
  ])('%s', ([, { timeZone, hours }, writes, overdue]) => {
    const begins = Date.parse(writes);
    const channel = opensAt(begins, { clocks: onlyDeadline, timeZone, hours });
    const lan = channel.customer('lan');
    channel.writes(lan);
    channel.run(begins + 2 * DAY);
    expect(lan.sim.events.find(({ type }) => type === 'Overdue')?.at).toBe(Date.parse(overdue.utc));
    expect(story(channel, { timeZone }).at(-1)).toBe(`${overdue.shown} lan: Overdue`);
  });

  test('a clock that does not follow the hours knows of no change at all', () => {
    const always: ChannelOptions['clocks'] = {
      deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300, businessHours: false },
    };
    for (const night of ['2027-03-28T00:45Z', '2027-10-31T00:45Z', '2027-03-14T06:45Z']) {
      const begins = Date.parse(night);
      const channel = opensAt(begins, { clocks: always, timeZone: BERLIN, hours: daily() });
      const lan = channel.customer('lan');
      channel.writes(lan);
      channel.run(begins + DAY);
      expect(lan.sim.events.find(({ type }) => type === 'Overdue')?.at).toBe(begins + HOUR / 2);
    }
  });
});

describe('R46: the hours that a session knows', () => {
  const FORTY = 40 * DAY;
  const begins = saigon('2026-11-23 08:00');

  test('are loaded anew in time over forty days, and no clock is lost', () => {
    const channel = opensAt(begins, { clocks: onlyDeadline });
    const lan = channel.customer('lan');
    const asked: Instant[] = [];
    // Every working morning the customer asks at 11:45; each fourth is answered at once, before anything is due.
    for (let day = 0; day < 40; day += 1) {
      const morning = saigon('2026-11-23 11:45') + day * DAY;
      if (wall(morning).startsWith('Sun')) continue;
      channel.at(morning, () => channel.writes(lan));
      const answer = day % 4 === 0 ? morning + 10 * MINUTE : morning + 4 * HOUR;
      if (day % 4 !== 0) asked.push(morning);
      channel.at(answer, () => channel.answers(an, lan));
    }
    let loadedAhead = Infinity;
    for (let at = begins; at < begins + FORTY; at += 6 * HOUR) {
      channel.run(at);
      if (lan.open === null) continue;
      const { until } = lan.open.policy.hours ?? { until: 0 };
      loadedAhead = Math.min(loadedAhead, until - at);
    }
    channel.run(begins + FORTY);
    const overdue = lan.sim.events.filter(({ type }) => type === 'Overdue');
    // After lunch, a quarter past one; on Saturday, when there is no afternoon, on Monday at a quarter past eight:
    // by then the answer of Saturday afternoon has ended the wait.
    const missed = asked.filter((at) => !wall(at).startsWith('Sat'));
    expect(overdue.map(({ at }) => at)).toEqual(missed.map((at) => at + 90 * MINUTE));
    expect(loadedAhead).toBeGreaterThanOrEqual(7 * DAY);
    const reloads = lan.sim.events.filter(({ type }) => type === 'PolicyChanged');
    expect(reloads.map(({ at }) => wall(at))).toEqual(['Mon 11:45:00', 'Mon 07:00:00']);
  });

  test('are loaded anew for one that nobody writes in: it is late after a month of holidays', () => {
    const holidays = Array.from({ length: 45 }, (_, n) =>
      new Date(saigon('2026-11-24 12:00') + n * DAY).toISOString().slice(0, 10),
    );
    const hours = { ...lunch, holidays };
    const channel = opensAt(saigon('2026-11-23 17:50'), { clocks: onlyDeadline, hours });
    const lan = channel.customer('lan');
    channel.writes(lan);
    channel.run(saigon('2026-11-24 00:00'));
    // Beyond what is known; all that waits is the day on which more is known.
    expect(runningClocks(lan.sim.session)).toEqual([]);
    expect(wall(nextDueAt(lan.sim.session) ?? 0)).toBe('Mon 07:00:00');
    channel.run(saigon('2027-02-01 00:00'));
    const told = lan.sim.events.filter(({ type }) => type === 'Warned' || type === 'Overdue');
    expect(told.map(({ type, at }) => [type, at])).toEqual([
      ['Warned', saigon('2027-01-08 08:15')],
      ['Overdue', saigon('2027-01-08 08:20')],
    ]);
  });

  test('are loaded for a session that sleeps for two months', () => {
    const channel = opensAt(begins, { clocks: onlyDeadline });
    const lan = channel.customer('lan');
    channel.writes(lan);
    const until = saigon('2027-01-25 11:50');
    channel.at(begins + SECOND, () => channel.orders(an, lan, { type: 'snooze', until }));
    channel.run(saigon('2027-01-26 00:00'));
    expect(story(channel, { of: lan }).slice(-3)).toEqual([
      'Mon 11:50:00 Woken by time',
      'Mon 13:15:00 Warned',
      'Mon 13:20:00 Overdue',
    ]);
  });

  test('of two zones are the same hours on the wall and others in time', () => {
    for (const timeZone of [SAIGON, 'America/New_York']) {
      const channel = opensAt(saigon('2026-11-23 06:00'), { clocks: onlyDeadline, timeZone });
      channel.writes(channel.customer('lan'));
      channel.run(saigon('2026-11-24 06:00'));
      expect(story(channel, { timeZone }).at(-1)).toBe('Mon 08:30:00 lan: Overdue');
    }
  });
});
