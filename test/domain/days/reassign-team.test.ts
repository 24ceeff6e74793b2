import { describe, expect, test } from 'vitest';
import type { Instant } from '#domain/instant.ts';
import { an, binh, chi } from '#test/support/session-builders.ts';
import {
  ChannelSimulation,
  colleague,
  type ChannelOptions,
} from '#test/support/simulate-channel.ts';
import { dung, em, saigon, story } from './stories.ts';

const at = (clock: string): Instant => saigon(`2026-11-23 ${clock}`);
const five = [an, binh, chi, dung, em];
const tenMinutes = { on: true, afterSeconds: 600 };

function aDay(options: Partial<ChannelOptions> = {}): ChannelSimulation {
  return new ChannelSimulation(at('08:00'), {
    team: five.map((agent) => colleague(agent)),
    clocks: { reassign: tenMinutes },
    ...options,
  });
}

const ofType = (channel: ChannelSimulation, type: string) =>
  story(channel).filter((line) => line.includes(type));

describe('R44: a team of five of whom nobody answers', () => {
  test('each has it once, the admins hear of it once, an answer stops it, and the next wait begins again', () => {
    const channel = aDay();
    const lan = channel.customer('lan');
    channel.at(at('09:00'), () => channel.writes(lan));
    // The customer goes on asking: the clocks do not begin anew by that.
    for (const clock of ['09:05', '09:33', '10:10'])
      channel.at(at(clock), () => channel.writes(lan));
    channel.at(at('10:30'), () => channel.answers(binh, lan));
    channel.at(at('11:00'), () => channel.writes(lan));
    channel.run(at('13:00'));

    expect(story(channel, { of: lan })).toEqual([
      'Mon 09:00:00 Opened',
      'Mon 09:00:00 Assigned an (automatic)',
      'Mon 09:10:00 Assigned binh (timeout)',
      'Mon 09:20:00 Assigned chi (timeout)',
      'Mon 09:30:00 Assigned dung (timeout)',
      'Mon 09:40:00 Assigned em (timeout)',
      'Mon 09:50:00 NotAssigned (nobody qualifies)',
      'Mon 09:50:00 Escalated',
      'Mon 10:30:00.5 StaffAnswered binh',
      // It is still Em's; the rotation goes on after the last who was picked.
      'Mon 11:10:00 Assigned an (timeout)',
      'Mon 11:20:00 Assigned binh (timeout)',
      'Mon 11:30:00 Assigned chi (timeout)',
      'Mon 11:40:00 Assigned dung (timeout)',
      'Mon 11:50:00 NotAssigned (nobody qualifies)',
      'Mon 11:50:00 Escalated',
    ]);
    expect(lan.open?.assignee).toBe(dung);
  });

  test('put in charge by hand after the escalation: the clock runs once more, and no second word to the admins', () => {
    const channel = aDay();
    const lan = channel.customer('lan');
    channel.at(at('09:00'), () => channel.writes(lan));
    channel.at(at('10:00'), () => channel.orders(em, lan, { type: 'assign', from: em, agent: an }));
    channel.at(at('10:30'), () => channel.orders(an, lan, { type: 'unassign', from: an }));
    channel.at(at('10:40'), () => channel.orders(chi, lan, { type: 'take', from: null }));
    channel.run(at('12:00'));
    expect(story(channel, { of: lan }).slice(6)).toEqual([
      'Mon 09:50:00 NotAssigned (nobody qualifies)',
      'Mon 09:50:00 Escalated',
      'Mon 10:00:00 Assigned an (manual)',
      'Mon 10:10:00 NotAssigned (nobody qualifies)',
      'Mon 10:30:00 Unassigned an (by hand)',
      'Mon 10:40:00 Assigned chi (manual)',
      'Mon 10:50:00 NotAssigned (nobody qualifies)',
    ]);
  });

  test("a supporter's answer stops it, and the assignee stays", () => {
    const channel = aDay();
    const lan = channel.customer('lan');
    channel.at(at('09:00'), () => channel.writes(lan));
    channel.at(at('09:12'), () => channel.orders(binh, lan, { type: 'supporters', agents: [chi] }));
    channel.at(at('09:19'), () => channel.answers(chi, lan));
    channel.run(at('12:00'));
    expect(story(channel, { of: lan }).slice(2)).toEqual([
      'Mon 09:10:00 Assigned binh (timeout)',
      'Mon 09:12:00 SupportersChanged',
      'Mon 09:19:00.5 StaffAnswered chi',
    ]);
    expect(lan.open).toMatchObject({ assignee: binh, supporters: [chi] });
  });

  test('only those who are online have a turn, and with the shift it ends early', () => {
    const channel = aDay({ rules: { applyTo: 'online' } });
    const lan = channel.customer('lan');
    channel.at(at('09:00'), () => channel.writes(lan));
    channel.at(at('09:15'), () => {
      for (const agent of [chi, dung, em]) channel.goesOffline(agent);
    });
    channel.at(at('09:25'), () => channel.comesOnline(em));
    channel.run(at('12:00'));
    // At 9:20 nobody is here who has not had it; who comes at 9:25 is not asked any more in this wait.
    expect(story(channel, { of: lan }).slice(2)).toEqual([
      'Mon 09:10:00 Assigned binh (timeout)',
      'Mon 09:20:00 NotAssigned (nobody qualifies)',
      'Mon 09:20:00 Escalated',
    ]);
  });

  test('distribution off: it stays where it is, and the admins are told', () => {
    const channel = aDay();
    const lan = channel.customer('lan');
    channel.at(at('09:00'), () => channel.writes(lan));
    channel.at(at('09:05'), () => channel.setDistribution(false));
    channel.run(at('12:00'));
    expect(story(channel, { of: lan }).slice(2)).toEqual([
      'Mon 09:10:00 NotAssigned (distribution off)',
      'Mon 09:10:00 Escalated',
    ]);
    expect(lan.open?.assignee).toBe(an);
  });

  test('ten sessions at once: each goes through the whole team, and each is escalated once', () => {
    const channel = aDay();
    for (let n = 0; n < 10; n += 1) {
      const customer = channel.customer(`c${String(n)}`);
      channel.at(at('09:00'), () => channel.writes(customer));
    }
    channel.run(at('18:00'));
    expect(ofType(channel, 'Escalated')).toHaveLength(10);
    for (const { sim } of channel.customers) {
      const had = sim.events.flatMap((one) => (one.type === 'Assigned' ? [one.agent] : []));
      expect([...had].sort()).toEqual([...five].sort());
    }
  });

  test('the deadline goes through all of it once, whoever has it', () => {
    const channel = aDay({
      clocks: {
        reassign: tenMinutes,
        deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300 },
      },
    });
    const lan = channel.customer('lan');
    channel.at(at('09:00'), () => channel.writes(lan));
    channel.at(at('10:30'), () => channel.answers(em, lan));
    channel.at(at('11:00'), () => channel.writes(lan));
    channel.run(at('11:26'));
    expect([...ofType(channel, 'Warned'), ...ofType(channel, 'Overdue')]).toEqual([
      'Mon 09:25:00 lan: Warned',
      'Mon 11:25:00 lan: Warned',
      'Mon 09:30:00 lan: Overdue',
    ]);
  });
});
