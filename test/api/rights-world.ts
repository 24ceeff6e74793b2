/**
 * Who works here, the sessions that there are, and what product R23 says of each pair: in words of its own, so that the
 * rule is not checked against itself.
 */
import { issueLogin, newSecret } from '#api/sign-in.ts';
import type { Db } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import type {
  AgentId,
  ChannelId,
  CustomerId,
  GroupId,
  SessionId,
  SessionKind,
} from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';
import { aChannel, aMessage, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

/** Three that have one team, and differ in what staff may do with each other's sessions; one that has another team. */
export const PAGES = ['strict', 'watched', 'shared', 'elsewhere'] as const;

export type Page = {
  id: ChannelId;
  name: (typeof PAGES)[number];
  platform: 'facebook' | 'instagram';
  /** R12: what staff of the team may do with each other's sessions. */
  ticks: 'none' | 'view' | 'view and interact';
  /** By listing or by a group. */
  team: AgentId[];
};

export type Human = { id: AgentId; name: string; role: Role; disabled: boolean };

export type Actor = {
  name: string;
  /** Null = nobody who can be known. */
  human: Human | null;
  headers: Record<string, string>;
};

export type Planned = {
  id: SessionId;
  customer: CustomerId;
  /** The same for customers who are the same person. */
  person: CustomerId;
  page: Page;
  kind: SessionKind;
  name: string;
  assignee: AgentId | null;
  supporters: AgentId[];
  state: 'open' | 'snoozed' | 'overdue' | 'done';
};

export type World = {
  db: Db;
  pages: Page[];
  humans: Human[];
  owner: Human;
  binh: Human;
  an: Human;
  group: GroupId;
  actors: Actor[];
  sessions: Planned[];
};

export type Rights = 'none' | 'view' | 'act' | 'assign';

/**
 * R23, sentence by sentence; R12 for what the two ticks mean, R35 for what a supporter may not, R56 for disabled people.
 */
export function rightsOf(human: Human | null, session: Planned): Rights {
  if (human === null || human.disabled) return 'none';
  const isOfTeam = session.page.team.includes(human.id);
  // "The workspace owner (who counts as in every channel's team) … see and act on all"
  if (human.role === 'owner') return 'assign';
  // "Who is not in the team sees nothing of the channel."
  if (!isOfTeam) return 'none';
  // "and admins who are in the channel's team see and act on all"
  if (human.role === 'admin') return 'assign';
  // "Unassigned sessions may be acted on by the whole team."
  if (session.assignee === null) return 'assign';
  // "own ones"; R37: a Done one "keeps its last assignee".
  if (session.assignee === human.id) return 'assign';
  // R12: "Interact = everything the assignee may do: answer, reassign, Done, labels, moderation."
  if (session.page.ticks === 'view and interact') return 'assign';
  // "and those they support"; R35: "Supporters may do everything but change the assignee."
  if (session.supporters.includes(human.id)) return 'act';
  // "others' only with 'view'"
  return session.page.ticks === 'view' ? 'view' : 'none';
}

/** R62: of customers one knows as much as with their sessions one may do. */
export function rightsOnCustomer(human: Human | null, sessions: readonly Planned[]): Rights {
  const rights = sessions.map((session) => rightsOf(human, session));
  const most = (['assign', 'act', 'view'] as const).find((one) => rights.includes(one));
  return most ?? 'none';
}

/** What may be known of a session to somebody: whether they may see it. */
export const sees = (human: Human | null, session: Planned): boolean =>
  rightsOf(human, session) !== 'none';

export const isOfTeam = (human: Human, page: Page): boolean =>
  human.role === 'owner' || page.team.includes(human.id);

/** What every customer has written, so that all are found by it. */
export const WORDS = 'Còn size M không';
/** Ends every customer's phone number. */
export const PHONE = '5556677';

export async function aWorld(db: Db): Promise<World> {
  await aWorkspace(db);
  const human = async (name: string, role: Role = 'staff', disabled = false): Promise<Human> => ({
    id: await anAgent(db, { name, role }),
    ...{ name, role, disabled },
  });
  const an = await human('An');
  const binh = await human('Bình');
  const chi = await human('Chi, by a group');
  const dung = await human('Dũng, of another channel');
  const em = await human('Em, of no team');
  const giang = await human('Giang', 'admin');
  const hoa = await human('Hoa, of another channel', 'admin');
  const owner = await human('Oanh', 'owner');
  const khanh = await human('Khánh, disabled', 'staff', true);
  const lam = await human('Lâm, disabled', 'admin', true);
  const minh = await human('Minh, disabled', 'owner', true);
  const humans = [an, binh, chi, dung, em, giang, hoa, owner, khanh, lam, minh];

  const group = newId<GroupId>();
  await db.insertInto('team_group').values({ id: group, name: 'Shop' }).execute();
  await db
    .insertInto('team_group_member')
    .values({ group_id: group, agent_id: chi.id, position: 0 })
    .execute();

  const page = async (
    name: Page['name'],
    ticks: Page['ticks'],
    listed: Human[],
    platform: Page['platform'] = 'facebook',
  ): Promise<Page> => {
    const team = listed.map(({ id }) => id);
    const columns = {
      view_each_other: ticks !== 'none',
      interact_each_other: ticks === 'view and interact',
    };
    return {
      id: await aChannel(db, { team, name, platform, ...columns }),
      name,
      platform,
      ticks,
      team,
    };
  };
  const listed = [an, binh, giang, khanh, lam];
  const shops = [
    await page('strict', 'none', listed),
    await page('watched', 'view', listed, 'instagram'),
    await page('shared', 'view and interact', listed),
  ];
  for (const { id, team } of shops) {
    await db
      .insertInto('channel_group')
      .values({ channel_id: id, group_id: group, position: 0 })
      .execute();
    team.push(chi.id);
  }
  const elsewhere = await page('elsewhere', 'none', [dung, hoa]);
  const pages = [...shops, elsewhere];

  const actors: Actor[] = [
    { name: 'anonymous', human: null, headers: {} },
    { name: 'a made up cookie', human: null, headers: { cookie: `everthread=${'x'.repeat(43)}` } },
    {
      name: 'a made up token',
      human: null,
      headers: { authorization: `Bearer ${'x'.repeat(43)}` },
    },
  ];
  for (const one of humans) {
    const cookie = `everthread=${await issueLogin(db, one.id)}`;
    actors.push({ name: `${one.role} ${one.name}`, human: one, headers: { cookie } });
    if (one === binh || one === chi) continue;
    const authorization = `Bearer ${await aToken(db, one.id)}`;
    actors.push({
      name: `${one.role} ${one.name} (token)`,
      human: one,
      headers: { authorization },
    });
  }
  // Only now, so that they hold a login and a token that would be good otherwise.
  for (const { id } of humans.filter(({ disabled }) => disabled))
    await db.updateTable('agent').set({ disabled_at: new Date() }).where('id', '=', id).execute();

  const sessions: Planned[] = [];
  for (const where of pages) {
    const other = where === elsewhere ? dung : binh;
    const add = async (
      name: string,
      more: Partial<Pick<Planned, 'assignee' | 'supporters' | 'state'>> = {},
      kinds: SessionKind[] = ['message', 'comment'],
    ) => {
      for (const kind of kinds)
        sessions.push(await aSession(db, { page: where, kind, name, ...more }));
    };
    await add('nobody’s');
    await add('An’s', { assignee: an.id });
    await add('another’s', { assignee: other.id });
    await add('another’s with An’s help', { assignee: other.id, supporters: [an.id, em.id] });
    await add('Khánh’s', { assignee: khanh.id, supporters: [lam.id, minh.id] }, ['message']);
    await add('done', { state: 'done' }, ['message']);
    await add('An’s, done', { assignee: an.id, state: 'done' }, ['comment']);
    await add('another’s, done', { assignee: other.id, state: 'done' }, ['message']);
    await add('An’s, snoozed', { assignee: an.id, state: 'snoozed' }, ['message']);
    await add('another’s, snoozed', { assignee: other.id, state: 'snoozed' }, ['comment']);
    await add('another’s, overdue', { assignee: other.id, state: 'overdue' }, ['message']);
    await add('An’s, overdue', { assignee: an.id, state: 'overdue' }, ['comment']);
  }
  await joinSome(db, sessions);
  return { db, pages, humans, owner, binh, an, group, actors, sessions };
}

/**
 * One customer has written to An in private and to Bình in public, and is the same person as one elsewhere: who sees
 * one of the three sees no more for it.
 */
async function joinSome(db: Db, sessions: Planned[]): Promise<void> {
  const named = (name: string) => {
    const found = sessions.find((session) => session.name === name);
    if (found === undefined) throw new Error(`There is no session ${name}`);
    return found;
  };
  const written = named('strict message: An’s');
  const said = named('strict comment: another’s');
  const abroad = named('elsewhere message: another’s');
  await db
    .updateTable('session')
    .set({ customer_id: written.customer })
    .where('id', '=', said.id)
    .execute();
  said.customer = written.customer;
  await db
    .updateTable('customer')
    .set({ merged_into: written.customer })
    .where('id', '=', abroad.customer)
    .execute();
  const root = written.customer;
  for (const one of sessions) one.person = one.customer === abroad.customer ? root : one.customer;
}

export async function aToken(db: Db, agent: AgentId, id = newId<string>()): Promise<string> {
  const { token, tokenHash } = newSecret('everthread_');
  await db
    .insertInto('api_token')
    .values({ id, agent_id: agent, name: 'Program', token_hash: tokenHash })
    .execute();
  return token;
}

type ToPlan = Pick<Planned, 'page' | 'kind' | 'name'> &
  Partial<Pick<Planned, 'assignee' | 'supporters' | 'state'>>;

let customers = 0;

async function aSession(db: Db, planned: ToPlan): Promise<Planned> {
  const { page, kind, name, assignee = null, supporters = [], state = 'open' } = planned;
  const number = String((customers += 1));
  const id = await aSessionRow(db, {
    channel: page.id,
    // One word that nobody else's name has.
    customer: `Lan khach${number}so`,
    kind,
    post_id: kind === 'comment' ? `post-${number}` : '',
    assignee_id: assignee,
    supporters,
    status: state === 'done' ? 'done' : 'open',
    snoozed_until: state === 'snoozed' ? new Date(Date.now() + 3_600_000) : null,
    overdue_at: state === 'overdue' ? new Date() : null,
    customer_seq: 1,
    start_seq: 1,
    applied_seq: 1,
  });
  await aMessage(db, {
    ...{ session: id, channel: page.id, seq: 1, text: WORDS },
    mid: kind === 'comment' ? `comment-${number}` : `mid-${number}`,
  });
  const { customer_id: customer } = await db
    .selectFrom('session')
    .select('customer_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('customer_contact')
    .values({ customer_id: customer, kind: 'phone', value: `+8491${PHONE}` })
    .execute();
  return {
    id,
    customer,
    person: customer,
    page,
    kind,
    name: `${page.name} ${kind}: ${name}`,
    assignee,
    supporters,
    state,
  };
}
