/** Races between agents, customers and the rules, without clocks. */
import type { CommandRequest } from '#contracts/command.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import type { AgentClient, AskOutcome } from '../agent-client.ts';
import { another, atRest, BrokenRule, inCharge, inTime, meet, type Player } from '../play.ts';
import type { Race } from '../race.ts';
import type { World } from '../world.ts';

/** R37, design: Done over a customer's message that the agent had not seen is refused; one that comes after reopens. */
export const doneAgainstMessage: Race = {
  name: 'done-message',
  prepare: meet,
  async play(world, player, pace) {
    const agent = inCharge(world, player);
    const seenSeq = player.look.lastSeq;
    const [outcome] = await pace.apart(
      () => commanded(agent, player.look.id, { type: 'done', seenSeq }),
      () => world.meta.write(player.customer, 'Cho mình hỏi thêm'),
    );
    pace.firstWas(outcome.is === 'done');
    const wrote = player.look.lastSeq + (outcome.is === 'done' ? 2 : 1);
    const { status, round } = await atRest(world, player, (look) => look.lastSeq >= wrote);
    if (status !== 'open') throw new BrokenRule(`it is ${status} over the customer's message`);
    if (outcome.is === 'done' && round === 2) return 'done, then reopened by the message';
    if (isRefused(outcome, 'NEW_MESSAGE') && round === 1) return 'refused: the customer wrote';
    throw new BrokenRule(`${said(outcome)}, and the session is in round ${round}`);
  },
};

/** "Answer, then Done" cannot overtake itself. */
export const answerThenDone: Race = {
  name: 'answer-done',
  prepare: meet,
  async play(world, player, pace) {
    const agent = inCharge(world, player);
    const { id, lastSeq: seenSeq } = player.look;
    const [answered, done] = await pace.apart(
      () => agent.reply(id, 'Dạ còn ạ', seenSeq),
      () => commanded(agent, id, { type: 'done', seenSeq }),
    );
    if (answered.is !== 'done' || done.is !== 'done')
      throw new BrokenRule(`answer ${said(answered)}, done ${said(done)}`);
    const { status, sent } = await atRest(world, player, (look) => look.sent === 1);
    if (sent !== 1) throw new BrokenRule(`${sent} answers were sent`);
    const answeredFirst = (answered.seq ?? 0) === seenSeq + 1;
    pace.firstWas(answeredFirst);
    if (status !== (answeredFirst ? 'done' : 'open'))
      throw new BrokenRule(`answer ${answeredFirst ? 'first' : 'second'}, and it is ${status}`);
    return answeredFirst ? 'answered, done' : 'done first, reopened by the answer';
  },
};

/** R34: two agents taking at once: one gets it, the other is told who. */
export const twoTakes: Race = {
  name: 'two-takes',
  prepare: meetUnassigned,
  async play(world, player, pace) {
    const one = another(world);
    const two = another(world, one);
    const take = { type: 'take', from: null } as const;
    const [first, second] = await pace.apart(
      () => commanded(one, player.look.id, take),
      () => commanded(two, player.look.id, take),
    );
    const outcomes = [
      { agent: one, outcome: first },
      { agent: two, outcome: second },
    ];
    const winners = outcomes.filter(({ outcome }) => outcome.is === 'done');
    const [winner] = winners;
    const loser = outcomes.find(({ outcome }) => outcome.is !== 'done');
    if (winners.length !== 1 || winner === undefined || loser === undefined)
      throw new BrokenRule(`${winners.length} of two takes won`);
    if (!isTakenBy(loser.outcome, winner.agent.id))
      throw new BrokenRule(`the loser was told ${said(loser.outcome)}, not who has it`);
    const { assignee } = await atRest(world, player);
    if (assignee !== winner.agent.id)
      throw new BrokenRule(`it went to ${assignee}, not the winner`);
    pace.firstWas(winner.agent === one);
    return winner.agent === one ? 'the first has it' : 'the second has it';
  },
};

/** A Done session is reopened by its customer and assigned by the rules, while an agent takes it. */
export const takeAgainstAssignment: Race = {
  name: 'take-assignment',
  async prepare(world, customer) {
    const player = await meet(world, customer);
    const { id, lastSeq } = player.look;
    await commanded(inCharge(world, player), id, { type: 'done', seenSeq: lastSeq });
    return { ...player, look: await atRest(world, player, (look) => look.status === 'done') };
  },
  async play(world, player, pace) {
    const agent = another(world);
    const [, outcome] = await pace.apart(
      () => world.meta.write(player.customer, 'Mình quay lại đây'),
      () => commanded(agent, player.look.id, { type: 'take', from: null }),
    );
    pace.firstWas(!isRefused(outcome, 'SESSION_DONE'));
    const { assignee, status } = await atRest(world, player, (look) => look.status === 'open');
    if (status !== 'open' || assignee === null) throw new BrokenRule('nobody is in charge');
    if (outcome.is === 'done') {
      if (assignee !== agent.id) throw new BrokenRule(`taken, but ${assignee} is in charge`);
      return 'taken by who the rules chose';
    }
    if (isRefused(outcome, 'SESSION_DONE')) return 'refused: still done';
    if (isTakenBy(outcome, assignee)) return 'refused: taken';
    throw new BrokenRule(`${said(outcome)}, and ${assignee} is in charge`);
  },
};

async function meetUnassigned(world: World, customer: string): Promise<Player> {
  const player = await meet(world, customer);
  const agent = inCharge(world, player);
  await commanded(agent, player.look.id, { type: 'unassign', from: agent.id });
  return { ...player, look: await atRest(world, player, (look) => look.assignee === null) };
}

function commanded(agent: AgentClient, id: SessionId, command: CommandRequest) {
  return inTime(agent.command(id, command));
}

function isRefused(outcome: AskOutcome, code: string): boolean {
  return outcome.is === 'refused' && outcome.code === code;
}

/** TAKEN, and by whom. */
function isTakenBy(outcome: AskOutcome, agent: AgentId): boolean {
  return outcome.is === 'refused' && outcome.code === 'TAKEN' && outcome.assignee === agent;
}

/** An outcome in words. */
export function said(outcome: AskOutcome): string {
  return outcome.is === 'done' ? 'done' : `refused ${outcome.code}`;
}
