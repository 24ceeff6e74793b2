/**
 * Every route of the API with who may use it, and a request that is right in everything but, perhaps, that. What is not
 * in here is a hole: rights.test.ts holds the table against the routes that there are.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { BulkAction } from '#contracts/bulk.ts';
import type { CommandRequest } from '#contracts/command.ts';
import type { ErrorCode } from '#contracts/errors.ts';
import { hashPassword } from '#api/passwords.ts';
import { newSecret } from '#api/sign-in.ts';
import { invitationIdOf } from '#db/invitations.ts';
import { newId } from '#db/ids.ts';
import type { AgentId, ChannelId, GroupId, LabelId, TagId } from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';
import { META } from '#test/support/api.ts';
import { anAgent } from '#test/support/workspace.ts';
import {
  aToken,
  isOfTeam,
  type Actor,
  type Human,
  type Page,
  type Planned,
  type World,
} from './rights-world.ts';

/** What goes with a request; what is left out is not sent. */
export type Sent = {
  params?: Record<string, string>;
  query?: Record<string, string>;
  payload?: object | Buffer;
  headers?: Record<string, string>;
  /** Somebody else of the same role asks, signed in anew: the request ends logins. */
  as?: AgentId;
};

type Scene = {
  world: World;
  actor: Actor;
  /** Who asks; where nobody does, somebody whose things the request is about. */
  asker: Human;
  /** Reads as the owner. */
  read: (url: string) => Promise<Record<string, unknown>>;
};

/** Null = they may. */
type Verdict = ErrorCode | null;

type Row = {
  route: string;
  /** Which of several cases of the route. */
  what?: string;
  ok: number;
};

/** A route about one session, or about the customer of one session. */
export type SessionRow = Row & {
  about: 'session' | 'customer';
  needs: 'view' | 'act' | 'assign';
  ask?: (on: Planned, scene: Scene) => Promise<Sent> | Sent;
};

export type GeneralRow = Row & {
  /** Who may; what is public says why. */
  who: Who;
  why?: string;
  /** Answers for as long as the browser listens: rights.test.ts listens. */
  endless?: true;
  ask?: (scene: Scene) => Promise<Sent> | Sent;
};

type Who =
  | 'the whole world'
  | 'who is signed in'
  | 'who is of a team, and admins'
  | 'admins'
  | 'owners'
  | 'nobody: it is another’s'
  | 'its author, here not the asker, and admins';

const SIGNED_IN = (human: Human | null): human is Human => human !== null && !human.disabled;

/** Who is refused and how. */
export function verdict(who: Who, human: Human | null, pages: readonly Page[]): Verdict {
  if (who === 'the whole world') return null;
  if (!SIGNED_IN(human)) return 'SIGN_IN';
  const isStaff = human.role === 'staff';
  switch (who) {
    case 'who is signed in':
      return null;
    case 'who is of a team, and admins':
      return isStaff && !pages.some((page) => isOfTeam(human, page)) ? 'FORBIDDEN' : null;
    case 'admins':
      return isStaff ? 'ADMINS_ONLY' : null;
    case 'owners':
      if (isStaff) return 'ADMINS_ONLY';
      return human.role === 'owner' ? null : 'OWNERS_ONLY';
    case 'nobody: it is another’s':
      return 'NOT_FOUND';
    case 'its author, here not the asker, and admins':
      return isStaff ? 'NOT_YOURS' : null;
  }
}

/** A route about one channel. */
export type PageRow = Row & {
  /** `settings`: admins of its team and the owner. `use`: its team and the owner. `author`: nobody of the staff. */
  needs: 'settings' | 'use' | 'author';
  /** What who is not of the team is told. */
  hidden?: ErrorCode;
  ask?: (page: Page, scene: Scene) => Promise<Sent> | Sent;
};

export function verdictOn(
  page: Page,
  { needs, hidden = 'NOT_FOUND' }: PageRow,
  human: Human | null,
): Verdict {
  if (!SIGNED_IN(human)) return 'SIGN_IN';
  if (needs === 'settings' && human.role === 'staff') return 'ADMINS_ONLY';
  if (!isOfTeam(human, page)) return hidden;
  return needs === 'author' && human.role === 'staff' ? 'NOT_YOURS' : null;
}

const PASSWORD = 'mật khẩu cũ';
/** Cheap: what is tested is not the cost. */
const passwordHash = await hashPassword(PASSWORD, { log2N: 4, p: 1 });

const fresh = (): string => randomUUID();
const key = (): Record<string, string> => ({ 'idempotency-key': fresh(), prefer: 'respond-async' });

// ── Things that a request is about, new for each ─────────────────────────────────────────────────────────────────────

async function anAccount({ world }: Scene, role: Role): Promise<{ id: AgentId; email: string }> {
  const id = await anAgent(world.db, { name: 'New', role });
  await world.db
    .updateTable('agent')
    .set({ password_hash: passwordHash })
    .where('id', '=', id)
    .execute();
  return { id, email: `${id}@test` };
}

async function aLink({ world }: Scene, role: Role): Promise<{ token: string; id: string }> {
  const { token, tokenHash } = newSecret();
  await world.db
    .insertInto('invitation')
    .values({
      ...{ purpose: 'invitation', email: `${fresh()}@test`, name: 'New', role },
      token_hash: tokenHash,
      agent_id: null,
      invited_by: world.owner.id,
      expires_at: new Date(Date.now() + 3_600_000),
    })
    .execute();
  return { token, id: invitationIdOf(tokenHash) };
}

async function aGroup({ world }: Scene): Promise<GroupId> {
  const id = newId<GroupId>();
  await world.db.insertInto('team_group').values({ id, name: fresh() }).execute();
  return id;
}

async function aLabel({ world }: Scene): Promise<LabelId> {
  const id = newId<LabelId>();
  const position = sql<number>`(select count(*)::int from label)`;
  await world.db
    .insertInto('label')
    .values({ id, name: fresh(), color: '#64748b', position })
    .execute();
  return id;
}

async function aTag({ world }: Scene): Promise<TagId> {
  const id = newId<TagId>();
  await world.db.insertInto('tag').values({ id, name: fresh() }).execute();
  return id;
}

async function aTemplate(
  { world }: Scene,
  author: AgentId,
  channels: ChannelId[] | null,
): Promise<string> {
  const id = newId<string>();
  await world.db
    .insertInto('template')
    .values({ id, content: 'Chào bạn', channel_ids: channels, author_id: author })
    .execute();
  return id;
}

async function aNotification({ world }: Scene, agent: AgentId): Promise<string> {
  const id = newId<string>();
  const [session] = world.sessions;
  if (session === undefined) throw new Error('There are no sessions');
  await world.db
    .insertInto('notification')
    .values({ id, agent_id: agent, session_id: session.id, type: 'warned', popup: false })
    .execute();
  return id;
}

async function aProgram({ world }: Scene, agent: AgentId): Promise<string> {
  const id = newId<string>();
  await aToken(world.db, agent, id);
  return id;
}

async function aParkedDelivery({ world }: Scene): Promise<string> {
  const { id } = await world.db
    .insertInto('webhook_delivery')
    .values({ body: Buffer.from('{}'), state: 'parked' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return String(id);
}

async function aCustomerNote({ world }: Scene, on: Planned, author: AgentId): Promise<string> {
  const id = newId<string>();
  await world.db
    .insertInto('customer_note')
    .values({ id, customer_id: on.customer, agent_id: author, text: 'VIP' })
    .execute();
  return id;
}

const TEMPLATE = { title: null, content: 'Chào bạn', channels: null, labels: [], attachments: [] };

// ── Sessions and their customers ─────────────────────────────────────────────────────────────────────────────────────

type Command = (on: Planned, scene: Scene) => object;

/** What it takes to ask for each command; without a row for one the table does not compile. */
const commands: Record<CommandRequest['type'], [SessionRow['needs'], Command]> = {
  take: ['assign', ({ assignee }) => ({ from: assignee })],
  assign: ['assign', ({ assignee }, { world }) => ({ from: assignee, group: world.group })],
  unassign: ['assign', ({ assignee }, { asker }) => ({ from: assignee ?? asker.id })],
  done: ['act', () => ({ seenSeq: 1 })],
  reopen: ['act', () => ({})],
  supporters: ['act', () => ({ agents: [] })],
  snooze: ['act', () => ({ until: new Date(Date.now() + 60_000).toISOString() })],
  unsnooze: ['act', () => ({})],
  retry: ['act', () => ({ messageId: 'any' })],
  confirm: ['act', () => ({ messageId: 'any', arrived: true })],
};

type BulkActions = Record<BulkAction['type'], [SessionRow['needs'], Record<string, unknown>]>;

/** The same for what is done with many sessions, each by itself. */
export const bulkActions = ({ an }: World, sessions: readonly string[]): BulkActions => ({
  assign: ['assign', { agent: an.id }],
  take: ['assign', {}],
  label: ['act', { add: [], remove: [] }],
  done: ['act', { seen: Object.fromEntries(sessions.map((id) => [id, 1])) }],
  read: ['view', {}],
  unread: ['view', {}],
});

export const sessionRows: SessionRow[] = [
  { route: 'GET /api/sessions/:id', about: 'session', needs: 'view', ok: 200 },
  { route: 'GET /api/sessions/:id/messages', about: 'session', needs: 'view', ok: 200 },
  { route: 'GET /api/sessions/:id/history', about: 'session', needs: 'view', ok: 200 },
  { route: 'GET /api/sessions/:id/explain', about: 'session', needs: 'view', ok: 200 },
  { route: 'GET /api/sessions/:id/automatic-actions', about: 'session', needs: 'view', ok: 200 },
  {
    // One's own mark, which nobody else hears of (R18).
    ...{ route: 'PUT /api/sessions/:id/read', about: 'session', needs: 'view', ok: 204 },
    ask: () => ({ payload: { seq: 1 } }),
  },
  { route: 'DELETE /api/sessions/:id/read', about: 'session', needs: 'view', ok: 204 },
  {
    ...{ route: 'POST /api/sessions/:id/notes', about: 'session', needs: 'act', ok: 201 },
    ask: () => ({ payload: { text: 'Khách quen' } }),
  },
  {
    ...{ route: 'PUT /api/sessions/:id/labels', about: 'session', needs: 'act', ok: 200 },
    ask: () => ({ payload: { labels: [] } }),
  },
  {
    ...{ route: 'POST /api/sessions/:id/replies', about: 'session', needs: 'act', ok: 202 },
    ask: () => ({ payload: { text: 'Còn ạ', seenSeq: 1 }, headers: key() }),
  },
  ...Object.entries(commands).map(([type, [needs, body]]): SessionRow => ({
    ...{ route: 'POST /api/sessions/:id/commands', what: type, about: 'session', needs, ok: 202 },
    ask: (on, scene) => ({ payload: { type, ...body(on, scene) }, headers: key() }),
  })),

  { route: 'GET /api/customers/:id', about: 'customer', needs: 'view', ok: 200 },
  { route: 'GET /api/customers/:id/history', about: 'customer', needs: 'view', ok: 200 },
  {
    ...{ route: 'PATCH /api/customers/:id', about: 'customer', needs: 'act', ok: 200 },
    ask: () => ({ payload: { stage: 'lead', owner: null } }),
  },
  {
    ...{ route: 'PUT /api/customers/:id/tags', about: 'customer', needs: 'act', ok: 200 },
    ask: () => ({ payload: { tags: [] } }),
  },
  {
    ...{ route: 'POST /api/customers/:id/notes', about: 'customer', needs: 'act', ok: 201 },
    ask: () => ({ payload: { text: 'Thích màu xanh' } }),
  },
  {
    ...{ route: 'DELETE /api/customers/:id/notes/:note', about: 'customer', needs: 'act', ok: 204 },
    ask: async (on, scene) => ({
      params: { note: await aCustomerNote(scene, on, scene.asker.id) },
    }),
  },
  {
    ...{ route: 'POST /api/customers/:id/merge', about: 'customer', needs: 'act', ok: 200 },
    // With somebody with whom the asker may do everything: on their page, without a session.
    ask: async (on, { world, asker }) => {
      const page = world.pages.find((one) => isOfTeam(asker, one)) ?? on.page;
      const into = newId<string>();
      await sql`insert into customer (id, channel_id) values (${into}, ${page.id})`.execute(
        world.db,
      );
      return { payload: { into } };
    },
  },
  { route: 'POST /api/customers/:id/split', about: 'customer', needs: 'act', ok: 200 },
  { route: 'POST /api/customers/:id/block', about: 'customer', needs: 'act', ok: 200 },
  { route: 'POST /api/customers/:id/unblock', about: 'customer', needs: 'act', ok: 204 },
];

// ── Channels ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const sections = ['support', 'assignment', 'interaction'] as const;

export const pageRows: PageRow[] = [
  ...sections.flatMap((section): PageRow[] => [
    { route: `GET /api/settings/channels/:id/${section}`, needs: 'settings', ok: 200 },
    {
      ...{ route: `PUT /api/settings/channels/:id/${section}`, needs: 'settings', ok: 200 },
      ask: async ({ id }, { read }) => ({
        payload: await read(`/api/settings/channels/${id}/${section}`),
      }),
    },
  ]),
  {
    ...{ route: 'POST /api/settings/channels/:id/assignment/dry-run', needs: 'settings', ok: 200 },
    ask: async ({ id }, { read }) => ({
      payload: { ...(await read(`/api/settings/channels/${id}/assignment`)), days: 1 },
    }),
  },
  {
    ...{ route: 'GET /api/templates', what: 'of a page', needs: 'use', ok: 200 },
    ask: ({ id }) => ({ query: { channel: id } }),
  },
  {
    ...{ route: 'POST /api/templates', what: 'for a page', needs: 'use', ok: 201 },
    hidden: 'INVALID',
    ask: ({ id }) => ({ payload: { ...TEMPLATE, channels: [id] } }),
  },
  {
    ...{ route: 'GET /api/templates/:id', what: 'of a page', needs: 'use', ok: 200 },
    ask: async ({ id }, scene) => ({
      params: { id: await aTemplate(scene, scene.world.owner.id, [id]) },
    }),
  },
  {
    ...{ route: 'PUT /api/templates/:id', what: 'own, of a page', needs: 'use', ok: 200 },
    ask: async ({ id }, scene) => ({
      params: { id: await aTemplate(scene, scene.asker.id, [id]) },
      payload: { ...TEMPLATE, version: 1, channels: [id] },
    }),
  },
  {
    ...{ route: 'PUT /api/templates/:id', what: 'another’s, of a page', needs: 'use', ok: 200 },
    ask: async ({ id }, scene) => ({
      params: { id: await aTemplate(scene, scene.world.owner.id, [id]) },
      payload: { ...TEMPLATE, version: 1, channels: [id] },
    }),
  },
  {
    ...{ route: 'DELETE /api/templates/:id', what: 'another’s, of a page', ok: 204 },
    needs: 'author',
    ask: async ({ id }, scene) => ({
      params: { id: await aTemplate(scene, scene.world.owner.id, [id]) },
    }),
  },
];

// ── Everything else ──────────────────────────────────────────────────────────────────────────────────────────────────

const publicRows: GeneralRow[] = [
  {
    ...{ route: 'GET /health/live', who: 'the whole world', ok: 200 },
    why: 'whatever restarts the process has no login; it tells nothing of the workspace',
  },
  {
    ...{ route: 'GET /health/ready', who: 'the whole world', ok: 200 },
    why: 'a load balancer has no login; it tells which parts are reachable',
  },
  {
    ...{ route: 'GET /metrics', who: 'the whole world', ok: 200 },
    why: 'it is scraped inside the network; counts, and no names',
  },
  {
    ...{ route: 'GET /webhooks/meta', who: 'the whole world', ok: 200 },
    why: 'Meta shows the verify token instead of a login',
    ask: () => ({
      query: {
        'hub.mode': 'subscribe',
        'hub.verify_token': META.verifyToken,
        'hub.challenge': '1158201444',
      },
    }),
  },
  {
    ...{ route: 'POST /webhooks/meta', who: 'the whole world', ok: 200 },
    why: 'Meta signs the bytes instead of a login',
    ask: () => {
      const payload = Buffer.from('{"object":"page","entry":[]}');
      const signature = createHmac('sha256', META.secret).update(payload).digest('hex');
      const headers = { 'content-type': 'application/json' };
      return { payload, headers: { ...headers, 'x-hub-signature-256': `sha256=${signature}` } };
    },
  },
  {
    ...{ route: 'GET /api/openapi.json', who: 'the whole world', ok: 200 },
    why: 'it describes the program, which is public',
  },
  {
    ...{ route: 'POST /api/login', who: 'the whole world', ok: 204 },
    why: 'it is how one signs in: address and password are the proof',
    ask: async (scene) => {
      const { email } = await anAccount(scene, 'staff');
      return { payload: { email, password: PASSWORD } };
    },
  },
  {
    ...{ route: 'POST /api/logout', who: 'the whole world', ok: 204 },
    why: 'who is signed out already may say it again',
    ask: async (scene) => ({ as: (await anAccount(scene, scene.asker.role)).id }),
  },
  {
    ...{ route: 'POST /api/invitations/look-up', who: 'the whole world', ok: 200 },
    why: 'the one-time link is the proof',
    ask: async (scene) => ({ payload: { token: (await aLink(scene, 'staff')).token } }),
  },
  {
    ...{ route: 'POST /api/invitations/accept', who: 'the whole world', ok: 204 },
    why: 'the one-time link is the proof',
    ask: async (scene) => ({
      payload: { token: (await aLink(scene, 'staff')).token, password: 'mật khẩu mới' },
    }),
  },
];

const ownRows: GeneralRow[] = [
  { route: 'GET /api/me', who: 'who is signed in', ok: 200 },
  { route: 'GET /api/me/presence', who: 'who is signed in', ok: 200 },
  {
    ...{ route: 'PUT /api/me/presence', who: 'who is signed in', ok: 200 },
    ask: () => ({ payload: { away: false } }),
  },
  { route: 'POST /api/me/presence/beat', who: 'who is signed in', ok: 204 },
  {
    ...{ route: 'POST /api/me/shift-end', who: 'who is signed in', ok: 200 },
    ask: async (scene) => ({ as: (await anAccount(scene, scene.asker.role)).id }),
  },
  {
    ...{ route: 'POST /api/me/password', who: 'who is signed in', ok: 204 },
    ask: async (scene) => ({
      as: (await anAccount(scene, scene.asker.role)).id,
      payload: { current: PASSWORD, new: 'mật khẩu mới' },
    }),
  },
  { route: 'GET /api/me/tokens', who: 'who is signed in', ok: 200 },
  {
    ...{ route: 'POST /api/me/tokens', who: 'who is signed in', ok: 201 },
    ask: () => ({ payload: { name: 'Program' } }),
  },
  {
    ...{ route: 'DELETE /api/me/tokens/:id', who: 'who is signed in', ok: 204 },
    ask: async (scene) => ({ params: { id: await aProgram(scene, scene.asker.id) } }),
  },
  {
    ...{ route: 'DELETE /api/me/tokens/:id', what: 'another’s', ok: 204 },
    who: 'nobody: it is another’s',
    ask: async (scene) => ({
      params: { id: await aProgram(scene, (await anAccount(scene, 'staff')).id) },
    }),
  },
  { route: 'GET /api/notifications', who: 'who is signed in', ok: 200 },
  {
    ...{ route: 'POST /api/notifications/:id/read', who: 'who is signed in', ok: 204 },
    ask: async (scene) => ({ params: { id: await aNotification(scene, scene.asker.id) } }),
  },
  {
    ...{ route: 'POST /api/notifications/:id/read', what: 'another’s', ok: 204 },
    who: 'nobody: it is another’s',
    ask: async (scene) => ({
      params: { id: await aNotification(scene, (await anAccount(scene, 'staff')).id) },
    }),
  },
  { route: 'GET /api/stream', who: 'who is signed in', ok: 200, endless: true },
  // Of these everybody is shown what they may view: see rights.test.ts.
  { route: 'GET /api/sessions', who: 'who is signed in', ok: 200 },
  { route: 'GET /api/sessions/counts', who: 'who is signed in', ok: 200 },
  {
    // Each session is refused by itself.
    ...{ route: 'POST /api/sessions/bulk', who: 'who is signed in', ok: 200 },
    ask: ({ world }) => ({
      payload: {
        sessions: world.sessions.slice(0, 1).map(({ id }) => id),
        action: { type: 'unread' },
        key: fresh(),
      },
    }),
  },
];

/** For each of the rows: what is an owner's is touched by owners alone. */
const personRows: GeneralRow[] = (['staff', 'admin', 'owner'] as const).flatMap(
  (role): GeneralRow[] => {
    const who = role === 'owner' ? 'owners' : 'admins';
    const to = { what: `to ${role}`, who } as const;
    const somebody = async (scene: Scene) => ({ id: (await anAccount(scene, role)).id });
    return [
      {
        ...{ route: 'PATCH /api/people/:id', ...to, ok: 200 },
        ask: async (scene) => ({ params: await somebody(scene), payload: { name: 'Another' } }),
      },
      {
        ...{ route: 'PATCH /api/people/:id', what: `into ${role}`, who, ok: 200 },
        ask: async (scene) => ({
          params: { id: (await anAccount(scene, 'staff')).id },
          payload: { role },
        }),
      },
      {
        ...{ route: 'POST /api/people/:id/disable', ...to, ok: 200 },
        ask: async (scene) => ({ params: await somebody(scene) }),
      },
      {
        ...{ route: 'POST /api/people/:id/enable', ...to, ok: 200 },
        ask: async (scene) => {
          const params = await somebody(scene);
          const gone = scene.world.db.updateTable('agent').set({ disabled_at: new Date() });
          await gone.where('id', '=', params.id).execute();
          return { params };
        },
      },
      {
        ...{ route: 'POST /api/people/:id/password-reset', ...to, ok: 201 },
        ask: async (scene) => ({ params: await somebody(scene) }),
      },
      {
        ...{ route: 'DELETE /api/people/:id/tokens/:token', ...to, ok: 204 },
        ask: async (scene) => {
          const { id } = await somebody(scene);
          return { params: { id, token: await aProgram(scene, id) } };
        },
      },
      {
        ...{ route: 'POST /api/people/invitations', ...to, ok: 201 },
        ask: () => ({ payload: { email: `${fresh()}@test.vn`, name: 'New', role } }),
      },
      {
        ...{ route: 'DELETE /api/people/invitations/:id', ...to, ok: 204 },
        ask: async (scene) => ({ params: { id: (await aLink(scene, role)).id } }),
      },
    ];
  },
);

const peopleRows: GeneralRow[] = [
  // To be chosen; what admins alone are shown is tested below.
  { route: 'GET /api/people', who: 'who is signed in', ok: 200 },
  ...personRows,
  {
    ...{ route: 'GET /api/people/:id/tokens', who: 'admins', ok: 200 },
    ask: ({ world }) => ({ params: { id: world.binh.id } }),
  },
  { route: 'GET /api/people/invitations', who: 'admins', ok: 200 },
  { route: 'GET /api/groups', who: 'who is signed in', ok: 200 },
  {
    ...{ route: 'POST /api/groups', who: 'admins', ok: 201 },
    ask: () => ({ payload: { name: fresh() } }),
  },
  {
    ...{ route: 'PATCH /api/groups/:id', who: 'admins', ok: 200 },
    ask: async (scene) => ({
      params: { id: await aGroup(scene) },
      payload: { version: 1, name: fresh() },
    }),
  },
  {
    ...{ route: 'DELETE /api/groups/:id', who: 'admins', ok: 204 },
    ask: async (scene) => ({ params: { id: await aGroup(scene) } }),
  },
];

const settingsRows: GeneralRow[] = [
  // Of channels, what admins of their teams may know: see rights.test.ts.
  { route: 'GET /api/audit', who: 'admins', ok: 200 },
  { route: 'GET /api/export/sessions.csv', who: 'admins', ok: 200 },
  ...(['clocks', 'workspace'] as const).flatMap((section): GeneralRow[] => [
    { route: `GET /api/settings/${section}`, who: 'admins', ok: 200 },
    {
      ...{ route: `PUT /api/settings/${section}`, who: 'admins', ok: 200 },
      ask: async ({ read }) => ({ payload: await read(`/api/settings/${section}`) }),
    },
  ]),
  {
    ...{ route: 'POST /api/settings/clocks/dry-run', who: 'admins', ok: 200 },
    ask: async ({ read }) => ({ payload: { ...(await read('/api/settings/clocks')), days: 1 } }),
  },
  // The channels of whose team they are.
  { route: 'GET /api/settings/channels', who: 'admins', ok: 200 },
  { route: 'GET /api/deliveries', who: 'admins', ok: 200 },
  {
    ...{ route: 'POST /api/deliveries/:id/replay', who: 'admins', ok: 200 },
    ask: async (scene) => ({ params: { id: await aParkedDelivery(scene) } }),
  },
  { route: 'POST /api/upgrades/sessions', who: 'admins', ok: 200 },
];

const wordRows: GeneralRow[] = [
  { route: 'GET /api/labels', who: 'who is signed in', ok: 200 },
  {
    ...{ route: 'POST /api/labels', who: 'admins', ok: 201 },
    ask: () => ({ payload: { name: fresh(), color: '#64748b' } }),
  },
  {
    ...{ route: 'PATCH /api/labels/:id', who: 'admins', ok: 200 },
    ask: async (scene) => ({ params: { id: await aLabel(scene) }, payload: { name: fresh() } }),
  },
  {
    ...{ route: 'POST /api/labels/order', who: 'admins', ok: 200 },
    ask: () => ({ payload: { labels: [] } }),
  },
  { route: 'GET /api/tags', who: 'who is of a team, and admins', ok: 200 },
  {
    ...{ route: 'POST /api/tags', who: 'admins', ok: 201 },
    ask: () => ({ payload: { name: fresh() } }),
  },
  {
    ...{ route: 'PATCH /api/tags/:id', who: 'admins', ok: 200 },
    ask: async (scene) => ({ params: { id: await aTag(scene) }, payload: { name: fresh() } }),
  },
  {
    ...{ route: 'DELETE /api/tags/:id', who: 'admins', ok: 204 },
    ask: async (scene) => ({ params: { id: await aTag(scene) } }),
  },
  { route: 'GET /api/templates', who: 'who is signed in', ok: 200 },
  {
    ...{ route: 'POST /api/templates', who: 'who is signed in', ok: 201 },
    ask: () => ({ payload: TEMPLATE }),
  },
  {
    ...{ route: 'GET /api/templates/:id', who: 'who is signed in', ok: 200 },
    ask: async (scene) => ({ params: { id: await aTemplate(scene, scene.world.owner.id, null) } }),
  },
  {
    ...{ route: 'PUT /api/templates/:id', what: 'own', who: 'who is signed in', ok: 200 },
    ask: async (scene) => ({
      params: { id: await aTemplate(scene, scene.asker.id, null) },
      payload: { ...TEMPLATE, version: 1 },
    }),
  },
  {
    ...{ route: 'PUT /api/templates/:id', what: 'another’s', who: 'who is signed in', ok: 200 },
    ask: async (scene) => ({
      params: { id: await aTemplate(scene, scene.world.owner.id, null) },
      payload: { ...TEMPLATE, version: 1 },
    }),
  },
  {
    ...{ route: 'DELETE /api/templates/:id', what: 'own', who: 'who is signed in', ok: 204 },
    ask: async (scene) => ({ params: { id: await aTemplate(scene, scene.asker.id, null) } }),
  },
  {
    ...{ route: 'DELETE /api/templates/:id', what: 'another’s', ok: 204 },
    who: 'its author, here not the asker, and admins',
    ask: async (scene) => ({ params: { id: await aTemplate(scene, scene.world.owner.id, null) } }),
  },
];

export const generalRows: GeneralRow[] = [
  ...publicRows,
  ...ownRows,
  ...peopleRows,
  ...settingsRows,
  ...wordRows,
];
