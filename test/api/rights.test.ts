import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutcomes } from '#api/outcomes.ts';
import { issueLogin } from '#api/sign-in.ts';
import { meaningOf, type ErrorCode } from '#contracts/errors.ts';
import type { SessionView } from '#contracts/session.ts';
import { recordAudit } from '#db/audit.ts';
import { recordChanges, type NewChange } from '#db/changes.ts';
import { newId } from '#db/ids.ts';
import type { Audience } from '#db/stored.ts';
import type { AgentId, CommandId, SessionId } from '#domain/ids.ts';
import { testApi, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { openSse, type SseReader } from '#test/support/sse.ts';
import { until } from '#test/support/until.ts';
import {
  bulkActions,
  generalRows,
  pageRows,
  sessionRows,
  verdict,
  verdictOn,
  type Sent,
} from './rights-table.ts';
import {
  aWorld,
  isOfTeam,
  PAGES,
  PHONE,
  rightsOf,
  rightsOnCustomer,
  sees,
  WORDS,
  type Actor,
  type Human,
  type Page,
  type Planned,
  type Rights,
  type World,
} from './rights-world.ts';

let database: TestDatabase;
let api: TestApi;
let address: string;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  // Nobody carries out what is asked: there is nothing to wait for.
  const outcomes = createOutcomes(database.db, pino({ level: 'silent' }));
  api = await testApi(database, { outcomes: { ...outcomes, wait: (id) => outcomes.wait(id, 0) } });
  address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  world = await aWorld(database.db);
});
afterAll(async () => {
  await api.close();
  await database.close();
});

/** "GET /api/sessions/:id" and so on: everything that the server answers, from its tree of routes. */
function routes(): string[] {
  const path: string[] = [];
  const found: string[] = [];
  for (const line of api.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', part = '', methods = ''] =
      /^(.*?)[└├]── (\S+)(?: \((.*)\))?/.exec(line) ?? [];
    path.splice(indent.length / 4, Infinity, part);
    for (const method of methods.split(', '))
      if (!['', 'HEAD'].includes(method)) found.push(`${method} ${path.join('')}`);
  }
  return found;
}

function request(route: string, actor: Actor, sent: Sent): InjectOptions {
  const [method = '', path = ''] = route.split(' ');
  const { params = {}, query = {}, payload, headers = {} } = sent;
  const url = path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? `no ${name}`);
  return {
    ...{ method, url, query },
    headers: { ...headers, ...actor.headers },
    ...(payload === undefined ? {} : { payload }),
  };
}

/** Asks as somebody: as who they are, or by a new login that the request may end. */
async function ask(route: string, actor: Actor, { as, ...sent }: Sent) {
  if (as === undefined || actor.human === null || actor.human.disabled)
    return api.app.inject(request(route, actor, sent));
  const cookie = `everthread=${await issueLogin(world.db, as)}`;
  return api.app.inject(request(route, { ...actor, headers: { cookie } }, sent));
}

/** Where a request needs nothing but its address. */
const nothing = (): Sent | Promise<Sent> => ({});

const said = (answer: LightMyRequestResponse): string =>
  answer.statusCode < 400
    ? String(answer.statusCode)
    : `${String(answer.statusCode)} ${answer.json().error.code}`;
const meant = (refusal: ErrorCode | null, ok: number): string =>
  refusal === null ? String(ok) : `${String(meaningOf(refusal).status)} ${refusal}`;

const read = async (url: string) => {
  const answer = await api.app.inject(request(`GET ${url}`, ownerActor(), {}));
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
};
const ownerActor = () => actorOf(world.owner);
const sceneOf = (actor: Actor) => ({ world, actor, asker: actor.human ?? world.an, read });

function actorOf(human: Human): Actor {
  const found = world.actors.find((actor) => actor.human === human);
  if (found === undefined) throw new Error(`${human.name} has no login`);
  return found;
}

/** What was wrongly answered, a line each. */
type Wrong = string[];
const differing = (what: string, got: string, wanted: string): Wrong =>
  got === wanted ? [] : [`${what}: ${got} instead of ${wanted}`];

/** Several at once, as many as the server's connections. */
async function each<Item>(items: readonly Item[], one: (item: Item) => Promise<Wrong>) {
  const wrong: Wrong = [];
  const left = [...items];
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift())
      wrong.push(...(await one(item)));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return wrong.sort();
}

const hasToken = ({ headers }: Actor) => 'authorization' in headers;
const byCookie = () => people().filter((actor) => !hasToken(actor));
const people = () => world.actors.filter(({ human }) => human !== null && !human.disabled);

describe('the table of rights', () => {
  it('has a row for each route of the server, and none for what is no route', () => {
    const rows = [...generalRows, ...pageRows, ...sessionRows].map(({ route }) => route);
    expect([...new Set(rows)].sort()).toEqual([...new Set(routes())].sort());
  });

  it('says why what is public is so', () => {
    const open = generalRows.filter(({ who }) => who === 'the whole world');
    expect(open.filter(({ why = '' }) => why === '').map(({ route }) => route)).toEqual([]);
  });
});

const customerName = ({ customer }: Planned): string => names.get(customer) ?? '';
const names = new Map<string, string>();
beforeAll(async () => {
  const rows = await world.db.selectFrom('customer').select(['id', 'name']).execute();
  for (const { id, name } of rows) names.set(id, (name ?? '').replace('Lan ', ''));
});

// These come first: what the tables below ask for changes what is unread, blocked and joined.

type View = Exclude<SessionView, 'all'>;
const awake = ({ state }: Planned) => state === 'open' || state === 'overdue';
const lists: Record<View, (session: Planned, human: Human) => boolean> = {
  main: awake,
  unassigned: (session) => awake(session) && session.assignee === null,
  mine: (session, { id }) => awake(session) && session.assignee === id,
  supporting: (session, { id }) => awake(session) && session.supporters.includes(id),
  // Each customer has written, and nobody has read it.
  unread: awake,
  overdue: ({ state }) => state === 'overdue',
  snoozed: ({ state }) => state === 'snoozed',
  done: ({ state }) => state === 'done',
};
const VIEWS = Object.keys(lists) as View[];

const seenBy = (human: Human) => world.sessions.filter((session) => sees(human, session));
const namesOf = (sessions: readonly { id: string }[]): string =>
  sessions
    .map(({ id }) => world.sessions.find((one) => one.id === id)?.name ?? 'what there is not')
    .sort()
    .join('\n');

async function listed(actor: Actor, query: Record<string, string>): Promise<string> {
  const answer = await ask('GET /api/sessions', actor, { query: { limit: '100', ...query } });
  expect(answer.statusCode, answer.body).toBe(200);
  return namesOf(answer.json().sessions);
}

describe('R23: what is shown together', () => {
  it('lists in each view exactly what one may see', async () => {
    const asked = people().flatMap((actor) => VIEWS.map((view) => ({ actor, view })));
    const wrong = await each(asked, async ({ actor, view }) => {
      const human = actor.human as Human;
      const wanted = seenBy(human).filter((session) => lists[view](session, human));
      const what = `${actor.name} looks at ${view}`;
      return differing(what, await listed(actor, { view }), namesOf(wanted));
    });
    expect(wrong).toEqual([]);
  });

  it('filters within what one may see', async () => {
    const filters: [Record<string, string>, (session: Planned) => boolean][] = [
      [{}, () => true],
      ...world.pages.map(({ id, name }): (typeof filters)[number] => [
        { channel: id },
        ({ page }) => page.name === name,
      ]),
      [{ kind: 'comment' }, ({ kind }) => kind === 'comment'],
      [{ platform: 'instagram' }, ({ page }) => page.platform === 'instagram'],
      [{ assignee: world.binh.id }, ({ assignee }) => assignee === world.binh.id],
      [{ assignee: world.an.id }, ({ assignee }) => assignee === world.an.id],
      [{ hasPhone: 'true' }, () => true],
      [{ q: WORDS }, () => true],
      [{ q: '0915556677' }, () => true],
      [{ q: PHONE }, () => true],
      [{ q: 'size', kind: 'message' }, ({ kind }) => kind === 'message'],
    ];
    const asked = people().flatMap((actor) =>
      filters.map(([query, fits]) => ({ actor, query, fits })),
    );
    const wrong = await each(asked, async ({ actor, query, fits }) => {
      const wanted = seenBy(actor.human as Human).filter(fits);
      const what = `${actor.name} looks for ${JSON.stringify(query)}`;
      return differing(what, await listed(actor, { view: 'all', ...query }), namesOf(wanted));
    });
    expect(wrong).toEqual([]);
  });

  it('finds nobody by a name that one may not see', async () => {
    const asked = byCookie().flatMap((actor) =>
      world.sessions.map((session) => ({ actor, session })),
    );
    const wrong = await each(asked, async ({ actor, session }) => {
      const q = customerName(session);
      const wanted = seenBy(actor.human as Human).filter(
        ({ customer }) => customer === session.customer,
      );
      const what = `${actor.name} looks for ${session.name}`;
      return differing(what, await listed(actor, { view: 'all', q }), namesOf(wanted));
    });
    expect(wrong).toEqual([]);
  });

  it('counts exactly what the views list, and in the menu what is one’s own, supported or nobody’s', async () => {
    const filters: [Record<string, string>, (session: Planned) => boolean][] = [
      [{}, () => true],
      ...world.pages.map(({ id, name }): (typeof filters)[number] => [
        { channel: id },
        ({ page }) => page.name === name,
      ]),
      [{ kind: 'comment' }, ({ kind }) => kind === 'comment'],
      [{ platform: 'instagram' }, ({ page }) => page.platform === 'instagram'],
    ];
    const asked = people().flatMap((actor) =>
      filters.map(([query, fits]) => ({ actor, query, fits })),
    );
    const wrong = await each(asked, async ({ actor, query, fits }) => {
      const human = actor.human as Human;
      const counted = VIEWS.map((view): [View, number] => [
        view,
        seenBy(human).filter((session) => fits(session) && lists[view](session, human)).length,
      ]);
      const inMenu = (kind: Planned['kind']) =>
        seenBy(human).filter(
          (session) => session.kind === kind && awake(session) && isTheirs(session, human),
        ).length;
      const wanted = {
        ...Object.fromEntries(counted),
        menu: { message: inMenu('message'), comment: inMenu('comment') },
      };
      const answer = await ask('GET /api/sessions/counts', actor, { query });
      const what = `${actor.name} counts ${JSON.stringify(query)}`;
      return differing(what, sorted(answer.json()), sorted(wanted));
    });
    expect(wrong).toEqual([]);
  });

  it('tells of sessions in notifications only as long as one may see them', async () => {
    const rows = world.humans.flatMap(({ id: agent_id }) =>
      world.sessions.map(({ id: session_id }) => ({
        ...{ id: newId<string>(), agent_id, session_id, type: 'warned', popup: false },
      })),
    );
    await world.db.insertInto('notification').values(rows).execute();
    const wrong = await each(people(), async (actor) => {
      const answer = await ask('GET /api/notifications', actor, { query: { limit: '100' } });
      const found = answer.json().notifications.map((one: { session: object }) => one.session);
      return differing(actor.name, namesOf(found), namesOf(seenBy(actor.human as Human)));
    });
    await world.db.deleteFrom('notification').execute();
    expect(wrong).toEqual([]);
  });

  it('names no channel of whose team one is not', async () => {
    const wrong = await each(people(), async (actor) => {
      const human = actor.human as Human;
      const wanted = world.pages.filter((page) => isOfTeam(human, page)).map(({ id }) => id);
      const me = await ask('GET /api/me', actor, {});
      const own = differing(`${actor.name}: me`, idsOf(me.json().channels), wanted.sort().join());
      if (human.role === 'staff') return own;
      const settings = await ask('GET /api/settings/channels', actor, {});
      const got = idsOf(settings.json().channels);
      return [...own, ...differing(`${actor.name}: settings`, got, wanted.sort().join())];
    });
    expect(wrong).toEqual([]);
  });

  it('shows addresses and capacities of colleagues to admins alone', async () => {
    const wrong = await each(people(), async (actor) => {
      const answer = await ask('GET /api/people', actor, {});
      const shown = answer.json().people.filter((one: { account: object | null }) => one.account);
      const wanted = actor.human?.role === 'staff' ? 0 : world.humans.length;
      return differing(actor.name, String(shown.length), String(wanted));
    });
    expect(wrong).toEqual([]);
  });
});

const isTheirs = ({ assignee, supporters }: Planned, { id }: Human): boolean =>
  assignee === null || assignee === id || supporters.includes(id);
const idsOf = (found: { id: string }[]): string =>
  found
    .map(({ id }) => id)
    .sort()
    .join();
function sorted(counts: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}

describe('R23: taking out and doing together', () => {
  const admins = () => people().filter(({ human }) => human?.role !== 'staff');

  async function exported(actor: Actor, query: Record<string, string>): Promise<string> {
    const answer = await ask('GET /api/export/sessions.csv', actor, { query });
    expect(answer.statusCode, answer.body).toBe(200);
    const [, ...lines] = answer.body.trimEnd().split('\r\n');
    return namesOf(lines.map((line) => ({ id: line.split(',')[0] ?? '' })));
  }

  it('exports exactly what one may see', async () => {
    const filters: [Record<string, string>, (session: Planned, human: Human) => boolean][] = [
      [{ view: 'all' }, () => true],
      [{ view: 'all', q: WORDS }, () => true],
      [{ view: 'all', q: PHONE }, () => true],
      [{ view: 'all', assignee: world.binh.id }, ({ assignee }) => assignee === world.binh.id],
      [{ view: 'all', kind: 'comment' }, ({ kind }) => kind === 'comment'],
      ...VIEWS.map((view): (typeof filters)[number] => [{ view }, lists[view]]),
      ...world.pages.map(({ id, name }): (typeof filters)[number] => [
        { view: 'all', channel: id },
        ({ page }) => page.name === name,
      ]),
    ];
    const asked = admins().flatMap((actor) =>
      filters.map(([query, fits]) => ({ actor, query, fits })),
    );
    const wrong = await each(asked, async ({ actor, query, fits }) => {
      const human = actor.human as Human;
      const wanted = namesOf(seenBy(human).filter((session) => fits(session, human)));
      const what = `${actor.name} exports ${JSON.stringify(query)}`;
      return differing(what, await exported(actor, query), wanted);
    });
    expect(wrong).toEqual([]);
  });

  it('shows admins of changes of channels those of their teams', async () => {
    const subjects = world.pages.map(({ id }) => ({ type: 'channel', id }));
    for (const subject of subjects)
      await recordAudit(world.db, { agent: null, action: 'channel.support.changed', subject });
    const wrong = await each(admins(), async (actor) => {
      const answer = await ask('GET /api/audit', actor, { query: { subject: 'channel' } });
      const { entries } = answer.json();
      const wanted = world.pages.filter((page) => isOfTeam(actor.human as Human, page));
      const got = entries.map(({ subject }: { subject: { id: string } }) => subject);
      return differing(actor.name, idsOf(got), idsOf(wanted));
    });
    expect(wrong).toEqual([]);
  });

  it('does for many sessions at once what one may do with each of them', async () => {
    const unknown = 'there-is-no-such-session';
    const sessions = [...world.sessions.map(({ id }) => id), unknown];
    const actions = Object.entries(bulkActions(world, sessions));
    const asked = people().flatMap((actor) =>
      actions.map(([type, [needs, fields]]) => ({ actor, needs, action: { type, ...fields } })),
    );
    const wrong = await each(asked, async ({ actor, needs, action }) => {
      const payload = { sessions, key: newId<string>(), action };
      const answer = await ask('POST /api/sessions/bulk', actor, { payload });
      expect(answer.statusCode, answer.body).toBe(200);
      const outcomes: { code?: string }[] = answer.json().outcomes;
      return sessions.flatMap((id, index) => {
        const session = world.sessions[index];
        const rights = session === undefined ? 'none' : rightsOf(actor.human, session);
        const what = `${actor.name} ${action.type} on ${session?.name ?? id}`;
        const got = outcomes[index]?.code ?? 'done';
        return differing(what, got, refusal(actor.human, rights, needs) ?? 'done');
      });
    });
    expect(wrong).toEqual([]);
  });
});

describe('R23, R62: customers with several sessions', () => {
  it('are shown with those sessions, identities, notes and contacts that one may see', async () => {
    const customers = new Map(world.sessions.map((session) => [session.customer, session.person]));
    for (const customer_id of customers.keys()) {
      const agent_id = world.owner.id;
      await world.db
        .insertInto('customer_note')
        .values({ id: newId<string>(), customer_id, agent_id, text: customer_id })
        .execute();
      await world.db
        .insertInto('customer_event')
        .values({ id: newId<string>(), customer_id, type: 'created', detail: '{}' })
        .execute();
    }
    const asked = byCookie().flatMap((actor) =>
      [...customers].map(([customer, person]) => ({ actor, customer, person })),
    );
    const wrong = await each(asked, async ({ actor, customer, person }) => {
      const seen = seenBy(actor.human as Human).filter((session) => session.person === person);
      const identities = [...new Set(seen.map((session) => session.customer))].map((id) => ({
        id,
      }));
      if (!identities.some(({ id }) => id === customer)) return [];
      const { sessions, ...shown } = (
        await ask('GET /api/customers/:id', actor, { params: { id: customer } })
      ).json();
      const history = await ask('GET /api/customers/:id/history', actor, {
        params: { id: customer },
      });
      const noted = shown.notes.map(({ text }: { text: string }) => ({ id: text }));
      const told = history
        .json()
        .entries.map((one: { customerId: string }) => ({ id: one.customerId }));
      const what = `${actor.name} looks at ${names.get(customer) ?? ''}`;
      return [
        ...differing(`${what}: sessions`, namesOf(sessions), namesOf(seen)),
        ...differing(`${what}: identities`, idsOf(shown.identities), idsOf(identities)),
        ...differing(`${what}: notes`, idsOf(noted), idsOf(identities)),
        ...differing(`${what}: history`, idsOf(told), idsOf(identities)),
      ];
    });
    expect(wrong).toEqual([]);
  });
});

const audienceOf = ({ page, assignee, supporters }: Planned): Audience => ({
  ...{ channel: page.id, assignee, supporters },
});
const tell = (changes: NewChange[]) =>
  world.db.transaction().execute((trx) => recordChanges(trx, changes));

type Readers = Map<Actor, SseReader>;
type Told = { event: string; data: { sessionId?: SessionId; version?: number } };

async function listening(): Promise<Readers> {
  const readers: Readers = new Map();
  for (const actor of people()) {
    const reader = await openSse(`${address}/api/stream`, actor.headers);
    expect(reader.status, actor.name).toBe(200);
    await until(() => reader.lastId() !== '');
    readers.set(actor, reader);
  }
  return readers;
}

/** What was told since it was last asked: all of it, for each has heard by now what came last. */
async function heard(readers: Readers): Promise<Map<Actor, Told[]>> {
  const told = new Map<Actor, Told[]>();
  const last = new Map<Actor, CommandId>();
  for (const actor of readers.keys()) last.set(actor, await anOutcome(actor.human as Human));
  for (const [actor, reader] of readers) {
    const isLast = ({ data }: { data: unknown }) =>
      (data as { commandId?: string }).commandId === last.get(actor);
    await until(() => reader.events.some(isLast));
    const events = reader.events.splice(0).filter(({ event }) => event !== 'command');
    told.set(
      actor,
      events.map(({ event, data }) => ({ event, data: data as Told['data'] })),
    );
  }
  return told;
}

/** What somebody asked for was refused: that they hear, whatever they may see. */
async function anOutcome({ id: agentId }: Human): Promise<CommandId> {
  const [session] = world.sessions;
  if (session === undefined) throw new Error('There are no sessions');
  const id = newId<CommandId>();
  await world.db
    .insertInto('command')
    .values({
      ...{ id, agent_id: agentId, idempotency_key: id, body_hash: Buffer.from(''), seq: 1 },
      ...{ session_id: session.id, type: 'take', state: 'refused', code: 'TAKEN' },
    })
    .execute();
  const audience = audienceOf(session);
  const about = { topic: 'command' as const, sessionId: session.id, subjectId: id, agentId };
  await tell([{ ...about, before: audience, after: audience }]);
  return id;
}

describe('R23: the stream', () => {
  it('tells of each change who may see the session, and that it is gone who no longer may', async () => {
    const readers = await listening();
    const inCharge = world.sessions.filter(
      ({ kind, state }) => kind === 'message' && state === 'open',
    );
    const moves = inCharge.flatMap((before) =>
      inCharge.filter(({ page }) => page === before.page).map((after) => ({ before, after })),
    );
    const concerned = [null, world.an.id];
    const told = moves.flatMap((move) => concerned.map((agentId) => ({ ...move, agentId })));
    await tell(
      told.map(({ before, after, agentId }) => ({
        topic: agentId === null ? 'session' : 'notification',
        ...{ sessionId: after.id, subjectId: null, agentId },
        ...{ before: audienceOf(before), after: audienceOf(after) },
      })),
    );
    const rows = await world.db
      .selectFrom('change')
      .select('id')
      .orderBy('id', 'desc')
      .limit(told.length)
      .execute();
    const ids = rows.map(({ id }) => id).reverse();
    const wrong: Wrong = [];
    for (const [actor, events] of await heard(readers)) {
      const human = actor.human as Human;
      const wanted = told.flatMap(({ before, after, agentId }, index) => {
        if (agentId !== null && agentId !== human.id) return [];
        if (sees(human, after)) return [`change ${String(ids[index])}`];
        return sees(human, before) ? [`gone ${String(ids[index])}`] : [];
      });
      wrong.push(...differing(actor.name, events.map(toLine).join(), wanted.join()));
    }
    for (const reader of readers.values()) reader.close();
    expect(told.length).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });

  it('is closed to who cannot sign in', async () => {
    for (const actor of world.actors.filter((one) => !people().includes(one))) {
      const reader = await openSse(`${address}/api/stream`, actor.headers);
      reader.close();
      expect(reader.status, actor.name).toBe(401);
    }
  });
});

const toLine = ({ event, data }: Told): string => `${event} ${String(data.version)}`;

const rank = { none: 0, view: 1, act: 2, assign: 3 };

function refusal(human: Human | null, rights: Rights, needs: 'view' | 'act' | 'assign') {
  if (human === null || human.disabled) return 'SIGN_IN';
  if (rights === 'none') return 'NOT_FOUND';
  return rank[rights] < rank[needs] ? 'FORBIDDEN' : null;
}

describe('R23, R35: one session', () => {
  // Who is snoozed or late is shown to the same people; it only stands in other lists.
  const hasItsOwnRelation = ({ state }: Planned) => state === 'open' || state === 'done';

  /** Who cannot sign in is refused before anything is looked at, and a token is a cookie by another way. */
  const asking = ({ page, kind }: Planned): Actor[] =>
    page.name === 'strict' && kind === 'message' ? world.actors : byCookie();
  const sessionsOf = (id: string) => world.sessions.filter(({ customer }) => customer === id);

  it('answers the same of what one may not see and of what there is not', async () => {
    const hidden = world.sessions.find((session) => !sees(world.an, session));
    if (hidden === undefined) throw new Error('An sees everything');
    const actor = actorOf(world.an);
    for (const { route, what = '', about, ask: toAsk = nothing } of sessionRows) {
      const answers = [
        'there-is-no-such-one',
        about === 'session' ? hidden.id : hidden.customer,
      ].map(async (id) => {
        const sent = await toAsk(hidden, sceneOf(actor));
        const answer = await ask(route, actor, { ...sent, params: { ...sent.params, id } });
        return [answer.statusCode, answer.json()];
      });
      const [ofNothing, ofHidden] = await Promise.all(answers);
      expect(ofHidden, `${route} ${what}`).toEqual(ofNothing);
    }
  });

  const onPages = PAGES.flatMap((page) =>
    (['session', 'customer'] as const).map((about) => [about, page] as const),
  );

  it.each(onPages)(
    'lets through what one may do with a %s of the page “%s”',
    async (about, page) => {
      const rows = sessionRows.filter((row) => row.about === about);
      const there = world.sessions.filter(
        (one) => one.page.name === page && hasItsOwnRelation(one),
      );
      const wrong = await each(there, async (session) => {
        const id = about === 'session' ? session.id : session.customer;
        const rightsFor = (human: Human | null) =>
          about === 'session'
            ? rightsOf(human, session)
            : rightsOnCustomer(human, sessionsOf(session.customer));
        const found: Wrong = [];
        for (const actor of asking(session))
          for (const { route, what = '', needs, ok, ask: toAsk = nothing } of rows) {
            const sent = await toAsk(session, sceneOf(actor));
            const answer = await ask(route, actor, { ...sent, params: { id, ...sent.params } });
            const wanted = meant(refusal(actor.human, rightsFor(actor.human), needs), ok);
            const name = `${route} ${what} by ${actor.name} on ${session.name}`;
            found.push(...differing(name, said(answer), wanted));
          }
        return found;
      });
      expect(there.length).toBeGreaterThan(8);
      expect(wrong).toEqual([]);
    },
  );
});

describe('R23, R56: channels and what is the whole workspace’s', () => {
  it('lets the team use a channel, and its admins set it up', async () => {
    const wrong: Wrong = [];
    for (const row of pageRows)
      for (const page of world.pages)
        for (const actor of world.actors) {
          const { route, what = '', ok, ask: toAsk = nothing } = row;
          const sent = await toAsk(page, sceneOf(actor));
          const answer = await ask(route, actor, {
            ...sent,
            params: { id: page.id, ...sent.params },
          });
          const wanted = meant(verdictOn(page, row, actor.human), ok);
          wrong.push(
            ...differing(`${route} ${what} by ${actor.name} on ${page.name}`, said(answer), wanted),
          );
        }
    expect(wrong).toEqual([]);
  });

  /** With nothing, with something made up, with a cookie or token that is good, and one that was. */
  const someOfEach = () =>
    world.actors.filter(
      ({ human }) => human === null || human === world.an || human.name.startsWith('Khánh'),
    );

  it('lets everybody do what is theirs', async () => {
    const wrong = await each(generalRows, async (row) => {
      const { route, what = '', who, ok, endless, ask: toAsk = nothing } = row;
      const found: Wrong = [];
      // One after the other: of two who save the same settings at once, one is refused for that.
      for (const actor of who === 'the whole world' ? someOfEach() : world.actors) {
        const refused = verdict(who, actor.human, world.pages);
        if (endless && refused === null) continue;
        const sent = await toAsk(sceneOf(actor));
        // As themselves: a new login, which nobody has who asks by a token.
        if (sent.as !== undefined && hasToken(actor) && refused === null) continue;
        const answer = await ask(route, actor, sent);
        const name = `${route} ${what} by ${actor.name}`;
        found.push(...differing(name, said(answer), meant(refused, ok)));
      }
      return found;
    });
    expect(wrong).toEqual([]);
  });
});

// The last: people lose what they had.

describe('R23, R57: access that ends', () => {
  const save = async (
    section: string,
    page: Page,
    change: (had: Record<string, never>) => object,
  ) => {
    const url = `/api/settings/channels/${page.id}/${section}`;
    const had = await read(url);
    const answer = await ask(`PUT ${url}`, ownerActor(), { payload: { ...had, ...change(had) } });
    expect(answer.statusCode, answer.body).toBe(200);
  };
  const pageOf = (name: Page['name']): Page => {
    const found = world.pages.find((page) => page.name === name);
    if (found === undefined) throw new Error(`There is no page ${name}`);
    return found;
  };
  const leave = (page: Page, agent: AgentId) =>
    page.team.splice(0, Infinity, ...page.team.filter((id) => id !== agent));
  const person = (name: string): Human => {
    const found = world.humans.find((human) => human.name.startsWith(name));
    if (found === undefined) throw new Error(`There is no ${name}`);
    return found;
  };

  type Ending = [string, () => Promise<void>];
  const endings: Ending[] = [
    [
      'An leaves the team of a channel',
      async () => {
        const page = pageOf('strict');
        await save('support', page, ({ users }: { users?: { agent: string }[] }) => ({
          users: (users ?? []).filter(({ agent }) => agent !== world.an.id),
        }));
        leave(page, world.an.id);
      },
    ],
    [
      'staff may no longer view each other’s sessions',
      async () => {
        const page = pageOf('watched');
        await save('assignment', page, () => ({ view: false }));
        page.ticks = 'none';
      },
    ],
    [
      'staff may no longer interact with each other’s sessions',
      async () => {
        const page = pageOf('shared');
        await save('assignment', page, () => ({ interact: false }));
        page.ticks = 'view';
      },
    ],
    [
      'Chi leaves the group that is of the teams',
      async () => {
        const payload = { version: 1, members: [] };
        const params = { id: world.group };
        const answer = await ask('PATCH /api/groups/:id', ownerActor(), { params, payload });
        expect(answer.statusCode, answer.body).toBe(200);
        for (const page of world.pages) leave(page, person('Chi').id);
      },
    ],
    [
      'Giang ceases to be an admin',
      async () => {
        const giang = person('Giang');
        const params = { id: giang.id };
        const payload = { role: 'staff' };
        const answer = await ask('PATCH /api/people/:id', ownerActor(), { params, payload });
        expect(answer.statusCode, answer.body).toBe(200);
        giang.role = 'staff';
      },
    ],
    [
      'Dũng is disabled',
      async () => {
        const dung = person('Dũng');
        const answer = await ask('POST /api/people/:id/disable', ownerActor(), {
          params: { id: dung.id },
        });
        expect(answer.statusCode, answer.body).toBe(200);
        dung.disabled = true;
      },
    ],
  ];

  it('ends at once in lists, counts and the stream', async () => {
    // As if nothing had been asked: what is about to be reopened stands in the inbox already.
    await sql`update session set start_seq = applied_seq`.execute(world.db);
    const readers = await listening();
    const wrong: Wrong = [];
    for (const [what, end] of endings) {
      const before = new Map(world.humans.map((human) => [human, namesOf(seenBy(human))]));
      await end();
      await tell(
        world.sessions.map((session) => ({
          ...{ topic: 'session', sessionId: session.id, subjectId: null, agentId: null },
          ...{ before: audienceOf(session), after: audienceOf(session) },
        })),
      );
      for (const [actor, reader] of readers) {
        if (!actor.human?.disabled) continue;
        await until(() => reader.isClosed());
        readers.delete(actor);
        const told = reader.events.filter(({ event }) => event === 'change').length;
        const refused = said(await ask('GET /api/sessions', actor, {}));
        wrong.push(...differing(`${what}: ${actor.name} reads`, refused, '401 SIGN_IN'));
        wrong.push(...differing(`${what}: ${actor.name} hears`, String(told), '0'));
      }
      for (const [actor, events] of await heard(readers)) {
        const human = actor.human as Human;
        const wanted = namesOf(seenBy(human));
        const told = events.flatMap(({ event, data: { sessionId: id } }) =>
          event === 'change' && id !== undefined ? [{ id }] : [],
        );
        const { main } = (await ask('GET /api/sessions/counts', actor, {})).json();
        const awakened = seenBy(human).filter(awake).length;
        const name = `${what}: ${actor.name}`;
        wrong.push(
          ...differing(`${name} hears`, namesOf(told), wanted),
          ...differing(`${name} lists`, await listed(actor, { view: 'all' }), wanted),
          ...differing(`${name} counts`, String(main), String(awakened)),
        );
        const isTold = events.some(({ event }) => event === 'reset');
        if (before.get(human) !== wanted) wrong.push(...differing(name, String(isTold), 'true'));
      }
    }
    for (const reader of readers.values()) reader.close();
    expect(wrong).toEqual([]);
  });
});
