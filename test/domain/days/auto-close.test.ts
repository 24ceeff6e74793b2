import { describe, expect, test } from 'vitest';
import { SECOND, type Instant } from '#domain/instant.ts';
import { an, binh } from '#test/support/session-builders.ts';
import { ChannelSimulation, colleague } from '#test/support/simulate-channel.ts';
import { ACCEPTED, type Reaction } from '#test/support/simulated-platform.ts';
import { saigon, story } from './stories.ts';

const at = (clock: string): Instant => saigon(`2026-11-23 ${clock}`);
/** The answer of 9:05 is accepted half a second later. */
const DUE = at('09:35:00.5');

/** A chat that An has answered, half an hour before it is closed. */
function answered({ text = 'Cảm ơn anh chị!', react = () => ACCEPTED, sticky = true } = {}) {
  const channel = new ChannelSimulation(at('09:00'), {
    team: [colleague(an), colleague(binh)],
    rules: { sticky },
    clocks: { autoClose: { on: true, afterSeconds: 1_800, text } },
  });
  const lan = channel.customer('lan', { react });
  channel.writes(lan);
  channel.at(at('09:05'), () => channel.answers(an, lan));
  return { channel, lan, told: () => story(channel, { of: lan }).slice(3) };
}

const held = { assignee: an, status: 'open', round: 1, closeFrom: null };

describe('R43: auto-close and a message of the customer at the very same instant', () => {
  test('the message lies there when the clock rings: it stays open with its agent, without R10', () => {
    const { channel, lan, told } = answered();
    channel.at(DUE, () => channel.writes(lan));
    channel.run(at('10:00'));
    expect(told()).toEqual(['Mon 09:35:00.5 CloseCancelled by customer']);
    expect(lan.sim.session).toMatchObject(held);
    expect(lan.sim.arrived).toHaveLength(1);
  });

  test('the message slips in between the decision and its commit', () => {
    const { channel, lan, told } = answered();
    channel.run(DUE - 1);
    lan.sim.world.meanwhile = () => {
      lan.sim.world.meanwhile = () => undefined;
      lan.sim.write({ kind: 'customer_message', messageId: lan.sim.newMessage() });
    };
    channel.run(at('10:00'));
    expect(told()).toEqual(['Mon 09:35:00.5 CloseCancelled by customer']);
    expect(lan.sim.session).toMatchObject(held);
  });

  test('the close is committed first and its text not yet claimed: it is taken back unsent', () => {
    const { channel, lan, told } = answered();
    channel.run(DUE);
    channel.writes(lan);
    channel.run(at('10:00'));
    expect(told()).toEqual([
      'Mon 09:35:00.5 CloseStarted',
      'Mon 09:35:00.5 CloseCancelled by customer',
      'Mon 09:35:18.5 SettlementAsked',
      'Mon 09:35:19.5 SendWithdrawn',
    ]);
    expect(lan.sim.session).toMatchObject({ ...held, sends: [] });
    expect(lan.sim.arrived).toHaveLength(1);
  });

  test('the text is already being handed over: it cannot be recalled, is shown, and the session stays', () => {
    const { channel, lan, told } = answered();
    // Claimed after 0.1 s, accepted 0.4 s later.
    channel.at(DUE + 200, () => channel.writes(lan));
    channel.run(at('10:00'));
    expect(told()).toEqual([
      'Mon 09:35:00.5 CloseStarted',
      'Mon 09:35:00.7 CloseCancelled by customer',
    ]);
    expect(lan.sim.session).toMatchObject({ ...held, sends: [] });
    expect(lan.sim.arrived).toHaveLength(2);
  });

  test('at the instant at which the text is reported as sent: nothing that came before Done is overlooked', () => {
    const { channel, lan, told } = answered();
    channel.at(DUE + 500, () => channel.writes(lan));
    channel.run(at('10:00'));
    expect(told()).toEqual([
      'Mon 09:35:00.5 CloseStarted',
      'Mon 09:35:01 CloseCancelled by customer',
    ]);
    expect(lan.sim.session).toMatchObject(held);
  });

  test.for<[string, boolean, string]>([
    ['it is reopened for its agent (R4)', true, 'an'],
    ['R10 decides anew where R4 is off', false, 'binh'],
  ])('the message comes after Done, in the same instant: %s', ([, sticky, agent]) => {
    const { channel, lan, told } = answered({ text: '', sticky });
    channel.run(DUE);
    expect(lan.sim.session.status).toBe('done');
    channel.writes(lan);
    channel.run(at('10:00'));
    expect(told()).toEqual([
      'Mon 09:35:00.5 MarkedDone clock, text none',
      'Mon 09:35:00.5 Opened',
      `Mon 09:35:00.5 Assigned ${agent} (automatic)`,
    ]);
    expect(lan.sim.session).toMatchObject({ round: 2 });
  });

  test('a message one millisecond before stops the clock, and there is nothing to cancel', () => {
    const { channel, lan, told } = answered();
    channel.at(DUE - 1, () => channel.writes(lan));
    channel.run(at('10:00'));
    expect(told()).toEqual([]);
    expect(lan.sim.session).toMatchObject(held);
  });

  test("the agent's own answer at that instant keeps it open too, and the clock begins anew", () => {
    const { channel, lan, told } = answered();
    channel.at(DUE, () => channel.answers(an, lan));
    channel.run(at('11:00'));
    expect(told()).toEqual([
      'Mon 09:35:00.5 CloseCancelled by agent',
      'Mon 09:35:01 StaffAnswered an',
      'Mon 10:05:01 CloseStarted',
      'Mon 10:05:01.5 MarkedDone clock, text sent',
    ]);
    expect(lan.sim.arrived).toHaveLength(3);
  });

  test('a command at that instant keeps it open for good: only an answer starts the clock again', () => {
    const { channel, lan, told } = answered();
    channel.at(DUE, () => channel.orders(an, lan, { type: 'assign', from: an, agent: binh }));
    channel.run(at('12:00'));
    expect(told()).toEqual([
      'Mon 09:35:00.5 CloseCancelled by agent',
      'Mon 09:35:00.5 Assigned binh (manual)',
    ]);
    expect(lan.sim.session).toMatchObject({ status: 'open', assignee: binh, closeFrom: null });
  });

  test('Done by hand at that instant: done by the agent, and no closing text', () => {
    const { channel, lan, told } = answered();
    channel.at(DUE, () => channel.marksDone(an, lan));
    channel.run(at('12:00'));
    expect(told()).toEqual(['Mon 09:35:00.5 MarkedDone agent, text none']);
    expect(lan.sim.arrived).toHaveLength(1);
  });

  test('Done by hand while the text is in flight: done by the agent, and the text is shown', () => {
    const { channel, lan, told } = answered();
    channel.at(DUE + 200, () => channel.marksDone(an, lan));
    channel.run(at('12:00'));
    expect(told()).toEqual([
      'Mon 09:35:00.5 CloseStarted',
      'Mon 09:35:00.7 CloseCancelled by agent',
      'Mon 09:35:00.7 MarkedDone agent, text none',
    ]);
    expect(lan.sim.arrived).toHaveLength(2);
  });

  test('the text gets lost and the customer writes while it is looked for: it stays open', () => {
    let calls = 0;
    const lost: Reaction = { ...ACCEPTED, report: 'unknown', arrives: false };
    const react = () => ((calls += 1) === 2 ? lost : ACCEPTED);
    const { channel, lan, told } = answered({ react });
    channel.at(DUE + 10 * SECOND, () => channel.writes(lan));
    channel.run(at('12:00'));
    expect(told()).toEqual([
      'Mon 09:35:00.5 CloseStarted',
      'Mon 09:35:01 SendDoubtful',
      'Mon 09:35:10.5 CloseCancelled by customer',
      'Mon 09:35:31 LookedAt',
      'Mon 09:35:32 SendUnconfirmed',
    ]);
    expect(lan.sim.session).toMatchObject(held);
  });

  test('a longer auto-close, saved while the text is looked for, changes nothing: a message still cancels', () => {
    let calls = 0;
    const lost: Reaction = { ...ACCEPTED, report: 'unknown', arrives: false };
    const react = () => ((calls += 1) === 2 ? lost : ACCEPTED);
    const { channel, lan, told } = answered({ react });
    channel.at(DUE + 5 * SECOND, () =>
      channel.changeSettings({ autoClose: { on: true, afterSeconds: 7_200, text: 'Tạm biệt!' } }),
    );
    channel.at(DUE + 10 * SECOND, () => channel.writes(lan));
    channel.run(at('12:00'));
    expect(told().slice(2, 3)).toEqual(['Mon 09:35:10.5 CloseCancelled by customer']);
    expect(lan.sim.session).toMatchObject(held);
  });

  test('a snooze at that instant keeps it, and coming back starts no close of its own', () => {
    const { channel, lan, told } = answered();
    channel.at(DUE, () => channel.orders(an, lan, { type: 'snooze', until: at('11:00') }));
    channel.run(at('14:00'));
    expect(told()).toEqual([
      'Mon 09:35:00.5 CloseCancelled by agent',
      'Mon 09:35:00.5 Snoozed',
      'Mon 11:00:00 Woken by time',
    ]);
    expect(lan.sim.session).toMatchObject({ status: 'open', assignee: an });
  });
});
