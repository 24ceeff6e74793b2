import { describe, expect, test } from 'vitest';
import { MINUTE, type Instant } from '#domain/instant.ts';
import { an, binh, chi } from '#test/support/session-builders.ts';
import {
  ChannelSimulation,
  colleague,
  type ChannelOptions,
} from '#test/support/simulate-channel.ts';
import { dung, saigon, story, wall } from './stories.ts';

const at = (clock: string): Instant => saigon(`2026-11-23 ${clock}`);

/** Two of the morning and two of the afternoon, each with two places, who get something only while they are here. */
function aDay(options: Partial<ChannelOptions> = {}): ChannelSimulation {
  return new ChannelSimulation(at('08:00'), {
    team: [
      colleague(an, { capacity: 2 }),
      colleague(binh, { capacity: 2 }),
      colleague(chi, { capacity: 2, online: false }),
      colleague(dung, { capacity: 2, online: false }),
    ],
    rules: { applyTo: 'online' },
    ...options,
  });
}

/** Customers who write one after the other, a minute apart. */
function come(channel: ChannelSimulation, from: Instant, names: string[]) {
  return names.map((name, index) => {
    const customer = channel.customer(name);
    channel.at(from + index * MINUTE, () => channel.writes(customer));
    return customer;
  });
}

const holders = (channel: ChannelSimulation) =>
  Object.fromEntries(channel.customers.map(({ name, open }) => [name, open?.assignee ?? null]));

describe('two shifts', () => {
  test('R48, R58: a full morning, hand-over at two, and the line goes out oldest first', () => {
    const channel = aDay();
    const [c1, , c3] = come(channel, at('09:00'), ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']);
    if (c1 === undefined || c3 === undefined) throw new Error('nobody came');
    channel.at(at('09:30'), () => channel.answers(an, c1));
    channel.at(at('10:00'), () => channel.marksDone(an, c1));
    channel.at(at('11:00'), () => channel.orders(an, c3, { type: 'snooze', until: at('15:00') }));
    channel.at(at('14:00'), () => channel.endsShift(an));
    channel.at(at('14:01'), () => channel.comesOnline(chi));
    channel.at(at('14:02'), () => channel.endsShift(binh));
    channel.at(at('14:05'), () => channel.comesOnline(dung));
    channel.run(at('16:00'));

    expect(story(channel)).toEqual([
      'Mon 09:00:00 c1: Opened',
      'Mon 09:00:00 c1: Assigned an (automatic)',
      'Mon 09:01:00 c2: Opened',
      'Mon 09:01:00 c2: Assigned binh (automatic)',
      'Mon 09:02:00 c3: Opened',
      'Mon 09:02:00 c3: Assigned an (automatic)',
      'Mon 09:03:00 c4: Opened',
      'Mon 09:03:00 c4: Assigned binh (automatic)',
      // Four places are taken: the others wait in line.
      'Mon 09:04:00 c5: Opened',
      'Mon 09:04:00 c5: NotAssigned (nobody qualifies)',
      'Mon 09:05:00 c6: Opened',
      'Mon 09:05:00 c6: NotAssigned (behind others in line)',
      'Mon 09:06:00 c7: Opened',
      'Mon 09:06:00 c7: NotAssigned (behind others in line)',
      'Mon 09:30:00.5 c1: StaffAnswered an',
      // A place by Done, one by a snooze.
      'Mon 10:00:00 c1: MarkedDone agent, text none',
      'Mon 10:00:00 c5: Assigned an (automatic)',
      'Mon 11:00:00 c3: Snoozed',
      'Mon 11:00:00 c6: Assigned an (automatic)',
      // Hand-over. What is snoozed waits for nobody and stays; the rest stands in line by when it came.
      'Mon 14:00:00 c5: Unassigned an (shift ended)',
      'Mon 14:00:00 c5: NotAssigned (nobody qualifies)',
      'Mon 14:00:00 c6: Unassigned an (shift ended)',
      'Mon 14:00:00 c6: NotAssigned (behind others in line)',
      'Mon 14:01:00 c5: Assigned chi (automatic)',
      'Mon 14:01:00 c6: Assigned chi (automatic)',
      'Mon 14:02:00 c2: Unassigned binh (shift ended)',
      // Nobody in the line has waited longer than this one, who came at nine.
      'Mon 14:02:00 c2: NotAssigned (nobody qualifies)',
      'Mon 14:02:00 c4: Unassigned binh (shift ended)',
      'Mon 14:02:00 c4: NotAssigned (behind others in line)',
      'Mon 14:05:00 c2: Assigned dung (automatic)',
      'Mon 14:05:00 c4: Assigned dung (automatic)',
      'Mon 15:00:00 c3: Woken by time',
    ]);
    expect(holders(channel)).toEqual({
      c1: null,
      c2: dung,
      c3: an,
      c4: dung,
      c5: chi,
      c6: chi,
      c7: null,
    });
    expect(channel.line('message').map(({ name }) => name)).toEqual(['c7']);
  });

  test('R58: who only went home without a word keeps what is answered, and hands back what waits', () => {
    const channel = aDay({ handBack: true });
    const [c1, c2] = come(channel, at('09:00'), ['c1', 'c2']);
    if (c1 === undefined || c2 === undefined) throw new Error('nobody came');
    const both = come(channel, at('09:10'), ['c3', 'c4']);
    channel.at(at('09:30'), () => channel.answers(an, c1));
    channel.at(at('12:00'), () => channel.goesOffline(an));
    channel.at(at('13:00'), () => channel.comesOnline(chi));
    // The morning's customer writes again: the session is still An's, wherever An is.
    channel.at(at('13:30'), () => channel.writes(c1));
    channel.run(at('14:00'));
    expect(story(channel).slice(-3)).toEqual([
      'Mon 12:00:00 c3: Unassigned an (offline)',
      'Mon 12:00:00 c3: NotAssigned (nobody qualifies)',
      'Mon 13:00:00 c3: Assigned chi (automatic)',
    ]);
    expect([c1, c2, ...both].map(({ open }) => open?.assignee)).toEqual([an, binh, chi, binh]);
  });

  test('R58: who comes back before the session has noticed gets it back: it goes on as if nothing had been', () => {
    const channel = aDay({ handBack: true, team: [colleague(an)] });
    const c1 = channel.customer('c1', {
      awake: (now) => (now >= at('12:00') && now < at('12:01') ? at('12:01') : now),
    });
    channel.at(at('09:00'), () => channel.writes(c1));
    channel.at(at('12:00'), () => channel.goesOffline(an));
    channel.at(at('12:00:10'), () => channel.comesOnline(an));
    channel.run(at('13:00'));
    // The entry is of 12:00, and so is the leaving; An, who had given it back, is asked again by the line.
    expect(story(channel).slice(2)).toEqual([
      'Mon 12:00:00 c1: Unassigned an (offline)',
      'Mon 12:01:00 c1: NotAssigned (nobody qualifies)',
      'Mon 12:01:00 c1: Assigned an (automatic)',
    ]);
  });

  test('R58: at the end of a shift the others have it, also where who is offline gets something (R8)', () => {
    const channel = aDay({
      team: [colleague(an), colleague(binh), colleague(chi)],
      rules: { applyTo: 'all' },
    });
    // An is next in turn again when the shift ends.
    come(channel, at('09:00'), ['c1', 'c2', 'c3']);
    channel.at(at('14:00'), () => channel.endsShift(an));
    channel.run(at('15:00'));
    expect(story(channel).slice(-2)).toEqual([
      'Mon 14:00:00 c1: Unassigned an (shift ended)',
      'Mon 14:00:00 c1: Assigned binh (automatic)',
    ]);
  });

  describe('R58 × R8: who handed it back is passed over until they are back, where offline agents get something too', () => {
    /** An and Binh have one each; An goes home at noon without a word. */
    function toAll(capacity: number | null) {
      const channel = aDay({
        team: [colleague(an, { capacity }), colleague(binh, { capacity })],
        rules: { applyTo: 'all' },
        handBack: true,
      });
      const [c1, c2] = come(channel, at('09:00'), ['c1', 'c2']);
      if (c1 === undefined || c2 === undefined) throw new Error('nobody came');
      channel.at(at('12:00'), () => channel.goesOffline(an));
      return { channel, c1, c2 };
    }
    const afternoon = (channel: ChannelSimulation) =>
      story(channel).filter((line) => line >= 'Mon 12');

    test('R48: it waits in the line for a place of somebody else; who comes new goes past it to the free place', () => {
      const { channel, c2 } = toAll(1);
      come(channel, at('12:30'), ['c3']);
      channel.at(at('13:00'), () => channel.marksDone(binh, c2));
      channel.run(at('14:00'));
      expect(afternoon(channel)).toEqual([
        'Mon 12:00:00 c1: Unassigned an (offline)',
        'Mon 12:00:00 c1: NotAssigned (nobody qualifies)',
        'Mon 12:30:00 c3: Opened',
        'Mon 12:30:00 c3: NotAssigned (behind others in line)',
        'Mon 12:30:00 c3: Assigned an (automatic)',
        'Mon 13:00:00 c2: MarkedDone agent, text none',
        'Mon 13:00:00 c1: Assigned binh (automatic)',
      ]);
    });

    test('back at the desk, they are asked like everybody', () => {
      const { channel, c1 } = toAll(1);
      channel.at(at('13:00'), () => channel.comesOnline(an));
      channel.run(at('14:00'));
      expect(afternoon(channel).at(-1)).toBe('Mon 13:00:00 c1: Assigned an (automatic)');
      expect(c1.open?.inLineSince).toBeNull();
    });

    test('also when the next one goes home as well: of two who have handed it back neither gets it', () => {
      const { channel } = toAll(null);
      channel.at(at('13:00'), () => channel.goesOffline(binh));
      channel.run(at('14:00'));
      // The other one An has never had, and R8 reaches who is offline.
      expect(holders(channel)).toEqual({ c1: null, c2: an });
      channel.at(at('15:00'), () => channel.comesOnline(binh));
      channel.run(at('16:00'));
      expect(holders(channel)).toEqual({ c1: binh, c2: an });
    });

    test('it ends with the wait: what was answered elsewhere and asked anew is given to whom the rules name', () => {
      const { channel, c1 } = toAll(1);
      channel.at(at('12:30'), () => {
        const messageId = c1.sim.newMessage();
        const sentAt = at('12:30');
        channel.tells(c1, { kind: 'foreign_message', messageId, answer: true, sentAt });
      });
      channel.at(at('13:00'), () => channel.writes(c1));
      channel.at(at('13:10'), () => channel.setCapacity(an, 2));
      channel.run(at('14:00'));
      expect(afternoon(channel).slice(1)).toEqual([
        'Mon 12:00:00 c1: NotAssigned (nobody qualifies)',
        'Mon 12:30:00 c1: StaffAnswered elsewhere',
        'Mon 13:10:00 c1: Assigned an (automatic)',
      ]);
    });
  });

  test('R58: without "hand back when offline" they keep all of it', () => {
    const channel = aDay();
    const [c1] = come(channel, at('09:00'), ['c1']);
    channel.at(at('12:00'), () => channel.goesOffline(an));
    channel.at(at('13:00'), () => channel.comesOnline(chi));
    channel.run(at('18:00'));
    expect(c1?.open?.assignee).toBe(an);
  });

  test('R57: of who is dismissed at noon every open session goes to the others at once, without R4', () => {
    const channel = aDay({
      team: [colleague(an), colleague(binh), colleague(chi)],
      rules: { applyTo: 'online' },
    });
    const four = come(channel, at('09:00'), ['c1', 'c2', 'c3', 'c4']);
    const [c1, c2] = four;
    if (c1 === undefined || c2 === undefined) throw new Error('nobody came');
    channel.at(at('09:30'), () =>
      channel.orders(binh, c2, { type: 'supporters', agents: [an, chi] }),
    );
    channel.at(at('12:00'), () => channel.leaves(an));
    channel.at(at('12:30'), () => channel.marksDone(binh, c1));
    channel.at(at('13:00'), () => channel.writes(c1));
    channel.run(at('14:00'));
    expect(story(channel).filter((line) => line >= 'Mon 12')).toEqual([
      'Mon 12:00:00 c1: Unassigned an (agent left)',
      'Mon 12:00:00 c1: Assigned binh (automatic)',
      'Mon 12:00:00 c2: SupportersChanged',
      'Mon 12:00:00 c4: Unassigned an (agent left)',
      'Mon 12:00:00 c4: Assigned chi (automatic)',
      'Mon 12:30:00 c1: MarkedDone agent, text none',
      'Mon 13:00:00 c1: Opened',
      'Mon 13:00:00 c1: Assigned binh (automatic)',
    ]);
    expect(c2.open?.supporters).toEqual([chi]);
    expect(four.map(({ open }) => open?.assignee)).toEqual([binh, binh, chi, chi]);
  });

  test('R4: whose agent was dismissed after Done comes back to nobody, and stands in no line', () => {
    const channel = aDay();
    const [c1] = come(channel, at('09:00'), ['c1']);
    if (c1 === undefined) throw new Error('nobody came');
    channel.at(at('09:30'), () => channel.marksDone(an, c1));
    channel.at(at('10:00'), () => channel.leaves(an));
    channel.at(at('11:00'), () => channel.writes(c1));
    channel.at(at('11:30'), () => channel.comesOnline(chi));
    channel.run(at('12:00'));
    expect(story(channel).slice(-2)).toEqual([
      'Mon 11:00:00 c1: Opened',
      'Mon 11:00:00 c1: NotAssigned (responsible left)',
    ]);
    expect(channel.line('message')).toEqual([]);
  });

  test('R5: distribution switched off at ten and on at noon: the line takes them up in the order they came', () => {
    const channel = aDay({
      team: [colleague(an, { capacity: 1 }), colleague(binh, { capacity: 2 })],
    });
    channel.at(at('09:55'), () => channel.setDistribution(false));
    come(channel, at('10:00'), ['c1', 'c2', 'c3', 'c4']);
    channel.at(at('12:00'), () => channel.setDistribution(true));
    channel.run(at('13:00'));
    expect(holders(channel)).toEqual({ c1: an, c2: binh, c3: binh, c4: null });
    expect(channel.line('message').map(({ name }) => name)).toEqual(['c4']);
    expect(wall(channel.line('message')[0]?.open?.inLineSince ?? 0)).toBe('Mon 10:03:00');
  });

  test('R48: a higher capacity gives out as many of the line as there are places, at once', () => {
    const channel = aDay({ team: [colleague(an, { capacity: 1 })] });
    come(channel, at('09:00'), ['c1', 'c2', 'c3', 'c4', 'c5']);
    channel.at(at('10:00'), () => channel.setCapacity(an, 3));
    channel.run(at('10:00'));
    expect(story(channel).slice(-2)).toEqual([
      'Mon 10:00:00 c2: Assigned an (automatic)',
      'Mon 10:00:00 c3: Assigned an (automatic)',
    ]);
    expect(channel.line('message').map(({ name }) => name)).toEqual(['c4', 'c5']);
  });

  test('R48: by hand and by R4 the capacity is exceeded, and the line waits until it is kept again', () => {
    const channel = aDay({
      team: [colleague(an, { capacity: 1 }), colleague(binh, { online: false })],
    });
    const [c1, c2, c3] = come(channel, at('09:00'), ['c1', 'c2', 'c3']);
    if (c1 === undefined || c2 === undefined || c3 === undefined) throw new Error('nobody came');
    channel.at(at('09:30'), () => channel.orders(an, c2, { type: 'take', from: null }));
    channel.at(at('10:00'), () => channel.marksDone(an, c1));
    channel.at(at('10:30'), () => channel.writes(c1));
    channel.at(at('11:00'), () => channel.marksDone(an, c2));
    channel.at(at('11:30'), () => channel.marksDone(an, c1));
    channel.run(at('12:00'));
    expect(story(channel).filter((line) => line >= 'Mon 09:3')).toEqual([
      'Mon 09:30:00 c2: Assigned an (manual)',
      'Mon 10:00:00 c1: MarkedDone agent, text none',
      'Mon 10:30:00 c1: Opened',
      'Mon 10:30:00 c1: Assigned an (automatic)',
      'Mon 11:00:00 c2: MarkedDone agent, text none',
      'Mon 11:30:00 c1: MarkedDone agent, text none',
      'Mon 11:30:00 c3: Assigned an (automatic)',
    ]);
  });

  test('R48: chats and comments stand in lines of their own and share the places', () => {
    const channel = aDay({ team: [colleague(an, { capacity: 1 })] });
    const first = channel.customer('first');
    const chat = channel.customer('chat');
    const comment = channel.customer('comment', { kind: 'comment' });
    channel.at(at('09:00'), () => channel.writes(first));
    channel.at(at('09:01'), () => channel.writes(comment));
    channel.at(at('09:02'), () => channel.writes(chat));
    channel.at(at('10:00'), () => channel.marksDone(an, first));
    channel.run(at('10:01'));
    const held = [chat, comment].filter(({ open }) => open?.assignee === an);
    expect(held).toHaveLength(1);
    expect(channel.line('message').length + channel.line('comment').length).toBe(1);
  });
});
