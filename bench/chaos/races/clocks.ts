/** Races between people and the clocks. */
import type { StoredClocks } from '#db/stored.ts';
import { closeDueAt, reassignDueAt } from '#domain/session/clocks.ts';
import { isOpen } from '#domain/session/session.ts';
import {
  another,
  atRest,
  BrokenRule,
  FalseStart,
  inCharge,
  inTime,
  meet,
  type Player,
} from '../play.ts';
import type { Race } from '../race.ts';
import { NO_CLOCK } from '../workspace.ts';
import type { World } from '../world.ts';
import { said } from './agents.ts';

/** Before a clock falls due there must be time to get ready. */
const HEADWAY_MS = 200;
const TIMEOUT: StoredClocks = { ...NO_CLOCK, reassign: { on: true, afterSeconds: 2 } };

/** R44: an answer stops the time-out; after the time-out it is another's session. */
export const timeoutAgainstAnswer: Race = {
  name: 'timeout-answer',
  clocks: TIMEOUT,
  prepare: async (world, customer) => atStart(await meet(world, customer), reassignDueAt),
  async play(world, player, pace) {
    const agent = inCharge(world, player);
    const { id, lastSeq } = player.look;
    const outcome = await pace.around(dueOf(player, reassignDueAt), () =>
      agent.reply(id, 'Dạ em đây ạ', lastSeq),
    );
    pace.firstWas(outcome.is === 'done');
    if (outcome.is === 'refused') {
      if (outcome.code !== 'TAKEN') throw new BrokenRule(`the late answer was ${said(outcome)}`);
      return 'reassigned; the answer is refused';
    }
    const { state } = await atRest(world, player, (look) => look.sent === 1);
    const isAnswered = state !== null && isOpen(state) && state.wait === null;
    if (!isAnswered) throw new BrokenRule('answered, and still it waits');
    return state.assignee === agent.id ? 'answered in time' : 'reassigned, and answered';
  },
};

/** A manual assignment is never overridden by an automatic one that was decided before it. */
export const timeoutAgainstAssign: Race = {
  name: 'timeout-assign',
  clocks: TIMEOUT,
  prepare: async (world, customer) => atStart(await meet(world, customer), reassignDueAt),
  async play(world, player, pace) {
    const agent = inCharge(world, player);
    const chosen = another(world, agent);
    const outcome = await pace.around(dueOf(player, reassignDueAt), () =>
      inTime(
        world.admin.command(player.look.id, { type: 'assign', from: agent.id, agent: chosen.id }),
      ),
    );
    pace.firstWas(outcome.is === 'done');
    const assigned = await assignmentsOf(world, player);
    const byHand = assigned.findIndex(({ how }) => how === 'manual');
    if (outcome.is === 'refused') {
      const isTold = outcome.code === 'TAKEN' && outcome.assignee !== agent.id;
      if (isTold && byHand === -1) return 'refused: timed out before';
      throw new BrokenRule(`assigned by hand: ${said(outcome)}`);
    }
    const before = assigned[byHand - 1];
    const next = assigned[byHand + 1];
    if (before === undefined) return 'the time-out had chosen the same one';
    if (next !== undefined && next.at < (assigned[byHand]?.at ?? 0) + 2_000)
      throw new BrokenRule(`assigned by hand, and timed out ${next.at} at once`);
    return 'assigned by hand in time';
  },
};

/** R43 with a text: until Done, whatever comes in keeps the session open. */
export const closeAgainstMessage: Race = closeRace('close-message', 'Cảm ơn bạn đã ghé tiệm');
/** R43 without: Done at once, and the message reopens it. */
export const silentCloseAgainstMessage: Race = closeRace('silent-close-message', '');

function closeRace(name: string, text: string): Race {
  return {
    name,
    clocks: { ...NO_CLOCK, autoClose: { on: true, afterSeconds: 2, text } },
    async prepare(world, customer) {
      const player = await meet(world, customer);
      const { id, lastSeq } = player.look;
      const agent = inCharge(world, player);
      const outcome = await agent.reply(id, 'Dạ còn ạ', lastSeq);
      if (outcome.is !== 'done') throw new BrokenRule(`the answer was ${said(outcome)}`);
      const look = await atRest(world, player, (seen) => seen.sent > 0);
      return atStart({ ...player, look }, closeDueAt);
    },
    async play(world, player, pace) {
      await pace.around(dueOf(player, closeDueAt), () =>
        world.meta.write(player.customer, 'À quên, giá bao nhiêu?'),
      );
      const { status, round, state } = await atRest(world, player, hasUnanswered);
      if (status !== 'open' || state === null) throw new BrokenRule(`it is ${status}`);
      pace.firstWas(round === 1);
      if (round === 2) return 'closed, then reopened';
      const cancelled = await countEvents(world, player, 'CloseCancelled');
      return cancelled > 0 ? 'the close was cancelled' : 'the message came first';
    },
  };
}

const hasUnanswered = ({ state }: Player['look']): boolean =>
  state !== null && isOpen(state) && state.wait !== null;

type Clock = typeof closeDueAt;

/** @throws FalseStart when the clock has run out before the race */
function atStart(player: Player, clock: Clock): Player {
  const at = dueAt(player.look.state, clock);
  if (at === null || at < Date.now() + HEADWAY_MS) throw new FalseStart();
  return player;
}

function dueOf({ look }: Player, clock: Clock): number {
  const at = dueAt(look.state, clock);
  if (at === null) throw new Error('The clock does not run');
  return at;
}

function dueAt(state: Player['look']['state'], clock: Clock): number | null {
  return state !== null && isOpen(state) ? clock(state) : null;
}

async function countEvents(world: World, { look }: Player, type: 'CloseCancelled') {
  const rows = await world.db
    .selectFrom('session_event')
    .select('n')
    .where('session_id', '=', look.id)
    .where('type', '=', type)
    .execute();
  return rows.length;
}

async function assignmentsOf(world: World, { look }: Player) {
  const rows = await world.db
    .selectFrom('assignment')
    .select(['how', 'at', 'agent_id'])
    .where('session_id', '=', look.id)
    .where('agent_id', 'is not', null)
    .orderBy('no')
    .execute();
  return rows.map(({ how, at, agent_id }) => ({ how, at: at.getTime(), agent: agent_id }));
}
