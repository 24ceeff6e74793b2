/** Dry run of a change of a channel's assignment (R64): reads what happened, replays it, writes nothing. */
import type { AssignmentSettings, SupportSettings } from '#contracts/channel-settings.ts';
import type { AssignmentDryRun, AssignmentDryRunRequest } from '#contracts/dry-run.ts';
import { teamOf, type Colleague } from '#domain/dry-run/team.ts';
import {
  compareAssignments,
  diceOf,
  type Choice,
  type Comparison,
  type DryRunSettings,
  type Side,
} from '#domain/dry-run/compare.ts';
import type { AgentId, ChannelId, GroupId, SessionId } from '#domain/ids.ts';
import { DAY } from '#domain/instant.ts';
import { readAssignment } from './channel-settings-assignment.ts';
import { readSupport } from './channel-settings-support.ts';
import { mustKnow } from './channel-settings.ts';
import type { Db } from './database.ts';
import { readHistory } from './dry-run-history.ts';
import { readColleagues, readGroups } from './dry-run-people.ts';
import { boundedStart } from './dry-run-sessions.ts';
import { inSlices } from './dry-run-slices.ts';
import { idsIn, nameOf, namesOf, whyOf, type Names } from './names.ts';

/** The same change throws the same dice, whenever it is asked for. */
const SEED = 64;
const NOBODYS = { sessions: 0, assigned: 0 };

/** @throws Problem NOT_FOUND, and INVALID with the field of a group or user that is not there */
export async function dryRunAssignment(
  db: Db,
  channel: ChannelId,
  asked: AssignmentDryRunRequest,
): Promise<AssignmentDryRun> {
  const to = new Date();
  const from = await boundedStart(db, [channel], new Date(to.getTime() - asked.days * DAY));
  const [assignment, support] = [await readAssignment(db, channel), await readSupport(db, channel)];
  const people = { groups: await readGroups(db), colleagues: await readColleagues(db) };
  const team = asked.team ?? support;
  if (asked.team !== undefined) mustKnowTeam(team, people);
  const present = settingsOf(assignment, support, people);
  const proposed = settingsOf(asked, team, people);
  mustKnowTargets(asked, team, { proposed, saved: assignment.keywordRules });
  const teams = [present, proposed].flatMap((one) => one.team.message);
  const history = await readHistory(db, {
    channel,
    from,
    agents: [...new Set(teams.map(({ agent }) => agent))],
    keywordRules: [...assignment.keywordRules, ...asked.keywordRules],
    presentRules: assignment.keywordRules,
    groups: people.groups,
    isLimited: teams.some(({ capacity }) => capacity !== null),
  });
  const settings = { present, proposed };
  const comparison = await inSlices(compareAssignments(history, settings, diceOf(SEED)));
  return { from, to, ...(await toContract(db, comparison, teams)) };
}

type People = { groups: Record<GroupId, AgentId[]>; colleagues: readonly Colleague[] };

function settingsOf(
  settings: AssignmentSettings,
  support: SupportSettings,
  { groups, colleagues }: People,
): DryRunSettings {
  const { sticky, distribution, ownerPriority, mode, applyTo, keywordRules, transferOwner } =
    settings;
  return {
    rules: { sticky, distribution, ownerPriority, mode, applyTo, keywordRules, transferOwner },
    team: teamOf(support, groups, colleagues),
  };
}

function mustKnowTeam(team: SupportSettings, { groups, colleagues }: People): void {
  const agents = new Set(colleagues.map(({ agent }) => agent));
  for (const [index, group] of team.groups.entries())
    mustKnow(groups[group] !== undefined, `team.groups.${index}`, 'There is no such group.');
  for (const name of ['users', 'switches'] as const)
    for (const [index, { agent }] of team[name].entries())
      mustKnow(agents.has(agent), `team.${name}.${index}.agent`, 'There is no such user.');
}

/** As the save of the section asks, of the team that is proposed: the target of a saved rule may have gone (R9). */
function mustKnowTargets(
  { keywordRules }: AssignmentSettings,
  support: SupportSettings,
  {
    proposed: { team },
    saved,
  }: { proposed: DryRunSettings; saved: AssignmentSettings['keywordRules'] },
): void {
  const listed = new Set<string>([
    ...support.groups.map((id) => `group/${id}`),
    ...team.message.filter((one) => one.listed).map(({ agent }) => `agent/${agent}`),
    ...saved.map(({ target }) => `${target.type}/${target.id}`),
  ]);
  for (const [index, { target }] of keywordRules.entries())
    mustKnow(
      listed.has(`${target.type}/${target.id}`),
      `keywordRules.${index}.target.id`,
      target.type === 'group'
        ? 'This group is not listed in the Support section.'
        : 'This user is not of the team of the channel.',
    );
}

async function toContract(
  db: Db,
  comparison: Comparison,
  teams: readonly { agent: AgentId; listed: boolean }[],
): Promise<Omit<AssignmentDryRun, 'from' | 'to'>> {
  const { sessions, recorded, present, proposed, moved, examples } = comparison;
  const sides = [recorded, present, proposed];
  const agents = new Set([
    ...teams.filter(({ listed }) => listed).map(({ agent }) => agent),
    ...sides.flatMap((one) => [...one.agents.keys()]),
  ]);
  const mentioned = examples.flatMap((one) => [
    one.recorded,
    ...[one.present, one.proposed].flatMap(({ agent, trace }) => [agent, ...idsIn(trace)]),
  ]);
  const names = await namesOf(db, [...agents, ...mentioned.filter((id) => id !== null)]);
  const customers = await customersOf(
    db,
    examples.map(({ session }) => session),
  );
  return {
    sessions,
    agents: [...agents].map((agent) => ({
      agent: nameOf(names, agent),
      recorded: recorded.agents.get(agent) ?? NOBODYS,
      present: present.agents.get(agent) ?? NOBODYS,
      proposed: proposed.agents.get(agent) ?? NOBODYS,
    })),
    recorded: toSide(recorded),
    present: toSide(present),
    proposed: toSide(proposed),
    moved,
    examples: examples.map((one) => ({
      session: one.session,
      customer: customers.get(one.session) ?? null,
      openedAt: new Date(one.openedAt),
      recorded: nameOf(names, one.recorded),
      present: toChoice(one.present, names),
      proposed: toChoice(one.proposed, names),
    })),
  };
}

function toSide({ unassigned, joinedLine }: Side): AssignmentDryRun['recorded'] {
  return { unassigned: [...unassigned].map(([why, sessions]) => ({ why, sessions })), joinedLine };
}

function toChoice({ agent, trace }: Choice, names: Names) {
  return { agent: nameOf(names, agent), why: whyOf(trace, names) };
}

async function customersOf(
  db: Db,
  sessions: readonly SessionId[],
): Promise<Map<SessionId, string | null>> {
  if (sessions.length === 0) return new Map();
  const rows = await db
    .selectFrom('session')
    .innerJoin('customer', 'customer.id', 'session.customer_id')
    .select(['session.id', 'customer.name'])
    .where('session.id', 'in', sessions)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
