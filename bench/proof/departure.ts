/** R57: an agent with open sessions is disabled: all are given to the colleagues, and the history says why. */
import { sql } from 'kysely';
import type { Say } from '#bench/chaos/runner.ts';
import { retire, settle } from '#bench/chaos/settle.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { historyPage } from '#contracts/history.ts';
import { newCustomers, setAssignment, standings, untilAll } from './engine-world.ts';
import { fact, type Line } from './line.ts';

const SESSIONS = 30;

export async function proveDeparture(say: Say): Promise<Line[]> {
  const world = await openWorld({ agents: 3, apis: 1, workers: 1 });
  try {
    return await disable(world, SESSIONS, say);
  } finally {
    await world.close();
  }
}

/** @param count sessions that the first agent of the team has */
export async function disable(world: World, count: number, say: Say): Promise<Line[]> {
  const [an, ...colleagues] = world.agents;
  if (an === undefined) throw new Error('It takes agents');
  await setAssignment(world, { sticky: true });
  const customers = await newCustomers(world, count);
  const all = await untilAll(world, customers, {
    what: 'all are assigned',
    isSo: (each) => each.every(({ assignee }) => assignee !== null),
  });
  for (const { id, assignee } of all)
    if (assignee !== an.id)
      await world.admin.command(id, { type: 'assign', from: assignee, agent: an.id });
  await settle(world, customers);
  const before = await roundsOf(world, customers);
  say(`departure: ${String(count)} sessions are with who is about to go`);
  const { status } = await world.admin.persist('POST', `people/${an.id}/disable`);
  if (status !== 200) throw new Error(`Cannot disable: ${String(status)}`);
  const after = await untilAll(world, customers, {
    what: 'the colleagues have them',
    isSo: (each) => each.every(({ assignee }) => assignee !== null && assignee !== an.id),
  });
  const shares = colleagues.map(({ id }) => after.filter(({ assignee }) => assignee === id).length);
  const told = await Promise.all(
    after.map(async ({ id }) => {
      const { entries } = await world.admin.get(`sessions/${id}/history`, historyPage);
      const said = entries.some(
        ({ type, how, from }) =>
          type === 'unassigned' && how === 'agent left' && from?.id === an.id,
      );
      const given = entries.find(({ type }) => type === 'assigned');
      const isByRules = given?.why.every(({ rule }) => rule !== 'already responsible') === true;
      return said && isByRules;
    }),
  );
  await settle(world, customers);
  const rounds = await roundsOf(world, customers);
  const signedOut = await an.request('GET', 'me');
  const fair = Math.max(...shares) - Math.min(...shares) <= 1;
  await retire(world, customers);
  return [
    fact(`R57: all ${String(count)} are redistributed, evenly`, fair, shares.join(' + ')),
    fact('R57: the history of each says why, and R4 was not asked', told.every(Boolean)),
    fact('R40: statistics keep rounds and waits', rounds === before),
    fact('R56: who is disabled is signed out', signedOut.status === 401),
  ];
}

/** What statistics know of them that a departure does not change, as one text. */
async function roundsOf(world: World, customers: readonly string[]): Promise<string> {
  const ids = (await standings(world, customers)).map(({ id }) => id);
  const { rows } = await sql<Record<string, unknown>>`
    select round.session_id, round.no, opened_at, first_customer_at, first_assigned_at, first_assignee_id,
      first_answer_at, done_at, wait.no as wait, started_at, ended_at, outcome
    from round left join wait on wait.session_id = round.session_id and wait.round = round.no
    where round.session_id = any(${ids}::text[]) order by round.session_id, round.no, wait.no
  `.execute(world.db);
  return JSON.stringify(rows);
}
