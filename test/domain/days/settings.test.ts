import { describe, expect, test } from 'vitest';
import { SECOND, type Instant } from '#domain/instant.ts';
import { an, binh, chi } from '#test/support/session-builders.ts';
import {
  ChannelSimulation,
  colleague,
  type ChannelOptions,
} from '#test/support/simulate-channel.ts';
import { saigon, story, weekly } from './stories.ts';

const at = (clock: string): Instant => saigon(`2026-11-23 ${clock}`);
const deadline = (minutes: number, warn: number, businessHours = false) => ({
  on: true,
  afterSeconds: 60 * minutes,
  warnBeforeSeconds: 60 * warn,
  businessHours,
});

function aDay(clocks: ChannelOptions['clocks'], more: Partial<ChannelOptions> = {}) {
  const team = [colleague(an), colleague(binh), colleague(chi)];
  return new ChannelSimulation(at('08:00'), { team, clocks, ...more });
}

/** A customer who writes once, and what is told of them from their assignment on. */
function writesAt(channel: ChannelSimulation, name: string, clock: string): () => string[] {
  const customer = channel.customer(name);
  channel.at(at(clock), () => channel.writes(customer));
  return () => story(channel, { of: customer }).slice(2);
}

describe('R17: settings that change in the middle of the day', () => {
  test('halved: what runs is re-timed, what is now in the past falls due at once, what was missed stays missed', () => {
    const channel = aDay({ deadline: deadline(60, 10) });
    const missed = writesAt(channel, 'missed', '09:00');
    const past = writesAt(channel, 'past', '09:40');
    const soon = writesAt(channel, 'soon', '10:00');
    const later = writesAt(channel, 'later', '10:25');
    channel.at(at('10:25'), () => channel.changeSettings({ deadline: deadline(30, 5) }));
    channel.run(at('12:00'));
    expect(missed()).toEqual(['Mon 09:50:00 Warned', 'Mon 10:00:00 Overdue']);
    expect(past()).toEqual(['Mon 10:25:00 Warned', 'Mon 10:25:00 Overdue']);
    expect(soon()).toEqual(['Mon 10:25:00 Warned', 'Mon 10:30:00 Overdue']);
    expect(later()).toEqual(['Mon 10:50:00 Warned', 'Mon 10:55:00 Overdue']);
  });

  test('doubled: a warning that came too early is lifted and comes again, a miss is not taken back', () => {
    const channel = aDay({ deadline: deadline(30, 5) });
    const missed = writesAt(channel, 'missed', '09:00');
    const warned = writesAt(channel, 'warned', '09:10');
    channel.at(at('09:36'), () => channel.changeSettings({ deadline: deadline(60, 10) }));
    channel.run(at('12:00'));
    expect(missed()).toEqual(['Mon 09:25:00 Warned', 'Mon 09:30:00 Overdue']);
    expect(warned()).toEqual([
      'Mon 09:35:00 Warned',
      'Mon 09:36:00 WarningLifted',
      'Mon 10:00:00 Warned',
      'Mon 10:10:00 Overdue',
    ]);
  });

  test('switched off and on again: the clock goes on as if nothing had been', () => {
    const channel = aDay({ deadline: deadline(30, 5) });
    const lan = writesAt(channel, 'lan', '09:00');
    channel.at(at('09:20'), () =>
      channel.changeSettings({ deadline: { ...deadline(30, 5), on: false } }),
    );
    channel.at(at('09:27'), () => channel.changeSettings({ deadline: deadline(30, 5) }));
    channel.run(at('12:00'));
    expect(lan()).toEqual(['Mon 09:27:00 Warned', 'Mon 09:30:00 Overdue']);
  });

  test('a time-out that the change puts into the past reassigns at once, and the next one in full', () => {
    const channel = aDay({ reassign: { on: true, afterSeconds: 3_600 } });
    const lan = writesAt(channel, 'lan', '09:00');
    channel.at(at('09:45'), () =>
      channel.changeSettings({ reassign: { on: true, afterSeconds: 1_800 } }),
    );
    channel.run(at('10:50'));
    expect(lan()).toEqual([
      'Mon 09:45:00 Assigned binh (timeout)',
      'Mon 10:15:00 Assigned chi (timeout)',
      'Mon 10:45:00 NotAssigned (nobody qualifies)',
      'Mon 10:45:00 Escalated',
    ]);
  });

  test('an auto-close that is halved closes at once what has been silent for long enough', () => {
    const hour = { on: true, afterSeconds: 3_600, text: 'Cảm ơn anh chị!' };
    const channel = aDay({ autoClose: hour });
    const [early, late] = [channel.customer('early'), channel.customer('late')];
    channel.at(at('09:00'), () => channel.writes(early));
    channel.at(at('09:05'), () => channel.answers(an, early));
    channel.at(at('09:10'), () => channel.writes(late));
    channel.at(at('09:20'), () => channel.answers(binh, late));
    channel.at(at('09:40'), () =>
      channel.changeSettings({ autoClose: { ...hour, afterSeconds: 1_800 } }),
    );
    channel.run(at('12:00'));
    expect(story(channel, { of: early }).slice(3)).toEqual([
      'Mon 09:40:00 CloseStarted',
      'Mon 09:40:00.5 MarkedDone clock, text sent',
    ]);
    expect(story(channel, { of: late }).slice(3)).toEqual([
      'Mon 09:50:00.5 CloseStarted',
      'Mon 09:50:01 MarkedDone clock, text sent',
    ]);
  });

  test('business hours that come with lunch move the clocks of those who wait over it', () => {
    const channel = aDay({ deadline: deadline(30, 5) });
    const lan = writesAt(channel, 'lan', '11:50');
    const hours = weekly(['8:00-12:00', '13:00-18:00']);
    channel.at(at('11:55'), () =>
      channel.changeSettings({ deadline: deadline(30, 5, true) }, hours),
    );
    channel.run(at('14:00'));
    expect(lan()).toEqual(['Mon 13:15:00 Warned', 'Mon 13:20:00 Overdue']);
  });

  test('a holiday proclaimed while a session is late leaves it late, and gives the others the day', () => {
    const hours = weekly(['8:00-12:00', '13:00-18:00']);
    const channel = aDay({ deadline: deadline(30, 5, true) }, { hours });
    const late = writesAt(channel, 'late', '09:00');
    const other = writesAt(channel, 'other', '09:20');
    channel.at(at('09:40'), () =>
      channel.changeSettings({}, { ...hours, holidays: ['2026-11-23'] }),
    );
    channel.run(saigon('2026-11-24 12:00'));
    expect(late()).toEqual(['Mon 09:25:00 Warned', 'Mon 09:30:00 Overdue']);
    expect(other()).toEqual(['Tue 08:25:00 Warned', 'Tue 08:30:00 Overdue']);
  });

  test('two changes in one moment: only the last counts', () => {
    const channel = aDay({ deadline: deadline(60, 10) });
    const lan = writesAt(channel, 'lan', '09:00');
    channel.at(at('09:45'), () => {
      channel.changeSettings({ deadline: deadline(10, 5) });
      channel.changeSettings({ deadline: deadline(120, 10) });
    });
    channel.run(at('12:00'));
    expect(lan()).toEqual(['Mon 10:50:00 Warned', 'Mon 11:00:00 Overdue']);
  });

  test('a change that comes with the message itself is the one by which it is served', () => {
    const channel = aDay({ deadline: deadline(60, 10) });
    const lan = channel.customer('lan');
    channel.at(at('09:00'), () => {
      channel.writes(lan);
      channel.changeSettings({ deadline: deadline(30, 5) });
    });
    channel.run(at('09:30') + SECOND);
    expect(story(channel).slice(2)).toEqual([
      'Mon 09:25:00 lan: Warned',
      'Mon 09:30:00 lan: Overdue',
    ]);
  });
});
