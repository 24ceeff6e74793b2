import { commitTurn } from '#activities/commit-turn.ts';
import type { CommitResult, TurnToCommit } from '#activities/protocol.ts';
import { hydrate } from '#activities/session-reads.ts';
import type { CommandRequest } from '#contracts/command.ts';
import { acceptCommand } from '#db/accept-command.ts';
import { acceptReply } from '#db/accept-reply.ts';
import type { Db } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import { append, lockQueues } from '#db/journal.ts';
import type { Person } from '#db/people.ts';
import type { StoredClocks } from '#db/stored.ts';
import type { AgentId, ChannelId, CommandId, MessageId, SessionId } from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';
import type { Fact } from '#domain/session/entry.ts';
import { isIdle, takeTurn } from '#domain/session/turn.ts';
import { TestPage, writes } from '#test/api/intake-support.ts';
import { aWorkspace, anAgent, clocksOff } from '#test/support/workspace.ts';

export const clocks = (on: Partial<StoredClocks>): StoredClocks => ({ ...clocksOff, ...on });

/** A workspace with one connected Page and its team, served without Temporal: the test commits the turns. */
export class TestInbox {
  readonly db: Db;
  readonly page: TestPage;
  readonly channel: ChannelId;
  readonly team: readonly AgentId[];
  /** What was woken by commits. */
  readonly woken: string[] = [];
  #customers = 0;
  #messages = 0;

  private constructor(db: Db, page: TestPage, team: readonly AgentId[]) {
    this.db = db;
    this.page = page;
    this.channel = page.channel;
    this.team = team;
  }

  static async open(
    db: Db,
    { team = 2, clocks = clocksOff, interact = false } = {},
  ): Promise<TestInbox> {
    const present = await db.selectFrom('workspace').select('id').executeTakeFirst();
    if (present === undefined) await aWorkspace(db, clocks);
    else
      await db
        .updateTable('workspace')
        .set({ clocks: JSON.stringify(clocks) })
        .execute();
    const page = await TestPage.connect(db);
    await db
      .updateTable('channel')
      .set({ interact_each_other: interact })
      .where('id', '=', page.channel)
      .execute();
    const inbox = new TestInbox(db, page, []);
    const agents: AgentId[] = [];
    for (let n = 0; n < team; n += 1) agents.push(await inbox.hires());
    return new TestInbox(db, page, agents);
  }

  /** A new agent at the end of the team. */
  async hires({
    role = 'staff',
    inTeam = true,
  }: { role?: Role; inTeam?: boolean } = {}): Promise<AgentId> {
    const agent = await anAgent(this.db, { role });
    if (inTeam)
      await this.db
        .insertInto('channel_agent')
        .values((eb) => ({
          channel_id: this.channel,
          agent_id: agent,
          position: eb
            .selectFrom('channel_agent')
            .select((count) => count.fn.countAll<number>().as('count')),
        }))
        .execute();
    return agent;
  }

  /** A customer nobody knew writes. */
  async newSession(receivedAt = new Date()): Promise<SessionId> {
    this.#customers += 1;
    const customer = `customer ${this.#customers}`;
    await this.customerWrites(customer, receivedAt);
    return (await this.page.session(customer)).id;
  }

  async customerWrites(customer: string, receivedAt = new Date()): Promise<string> {
    this.#messages += 1;
    const mid = `${this.channel} ${this.#messages}`;
    const fact = writes(mid, { customer, occurredAt: receivedAt.getTime() });
    await this.page.takesInItems(this.page.delivery([fact], receivedAt));
    return mid;
  }

  /** The customer of a session writes once more, or many times in one delivery. */
  async writesAgain(session: SessionId, receivedAt = new Date(), times = 1): Promise<void> {
    const { external_id: customer } = await this.db
      .selectFrom('session')
      .innerJoin('customer_identity as identity', 'identity.customer_id', 'session.customer_id')
      .select('identity.external_id')
      .where('session.id', '=', session)
      .executeTakeFirstOrThrow();
    const occurredAt = receivedAt.getTime();
    const facts = Array.from({ length: times }, () => {
      this.#messages += 1;
      return writes(`${this.channel} ${this.#messages}`, { customer, occurredAt });
    });
    await this.page.takesInItems(this.page.delivery(facts, receivedAt));
  }

  /** Facts that nobody asked for, straight into the journal. */
  appends(session: SessionId, ...facts: Fact[]): Promise<void> {
    return this.db.transaction().execute(async (trx) => {
      const place = (await lockQueues(trx, [session])).get(session);
      if (place === undefined) throw new Error(`No session ${session}`);
      await append(trx, place, facts);
    });
  }

  /** An agent answers. @returns the command's and the message's id */
  async replies(
    session: SessionId,
    agent: AgentId,
    text = 'Dạ còn ạ',
    commentId?: string,
  ): Promise<{ commandId: CommandId; messageId: MessageId }> {
    const { commandId } = await acceptReply(this.db, {
      ...(await this.#asked(session, agent)),
      body: text,
      text,
      commentId,
      fits: () => true,
    });
    const { message_id } = await this.command(commandId);
    if (message_id === null) throw new Error('A reply without a message');
    return { commandId, messageId: message_id };
  }

  async asks(session: SessionId, agent: AgentId, request: CommandRequest): Promise<CommandId> {
    const asked = await this.#asked(session, agent);
    const { commandId } = await acceptCommand(this.db, { ...asked, body: request, request });
    return commandId;
  }

  async #asked(session: SessionId, agent: AgentId) {
    const channels = [
      { channel: this.channel, inTeam: true, permission: { view: true, interact: true } },
    ];
    const person: Person = { agent, name: 'An', email: 'an@test', role: 'owner', channels };
    return {
      commandId: newId<CommandId>(),
      person,
      sessionId: session,
      key: newId<string>(),
    };
  }

  /** What the session's workflow would commit next; null when it would rest. */
  async nextTurn(
    session: SessionId,
    { now = Date.now(), denied = [] as readonly number[] } = {},
  ): Promise<TurnToCommit | null> {
    const held = await hydrate(this.db, session);
    if (held === null) throw new Error(`No session ${session}`);
    const { entries, policy } = held;
    const turn = takeTurn(held.session, { entries, policy, denied, now });
    if (isIdle(turn)) return null;
    return {
      sessionId: session,
      key: newId<string>(),
      expected: { run: held.run, version: held.version },
      run: held.run + 1,
      events: turn.events,
      lastSeq: turn.session.lastSeq,
      outcomes: turn.outcomes,
      actors: turn.actors,
      ask: turn.ask,
      now,
      deliveriesUpTo: null,
    };
  }

  async mustTurn(session: SessionId, at: { now?: number } = {}): Promise<TurnToCommit> {
    const turn = await this.nextTurn(session, at);
    if (turn === null) throw new Error('There is nothing to commit');
    return turn;
  }

  commit(turn: TurnToCommit): Promise<CommitResult> {
    const waker = { wake: (channel: string) => void this.woken.push(channel) };
    return commitTurn({ db: this.db, waker }, turn);
  }

  /** Commits turns until the session rests, as its workflow does. @returns the last answer */
  async serve(session: SessionId, { now = Date.now() } = {}): Promise<CommitResult | null> {
    let last: CommitResult | null = null;
    const denied: number[] = [];
    for (let turns = 0; turns < 20; turns += 1) {
      const turn = await this.nextTurn(session, { now, denied });
      if (turn === null) return last;
      last = await this.commit(turn);
      if (last.is === 'denied') denied.push(...last.seqs);
      else if (last.is !== 'committed') return last;
    }
    throw new Error('The session does not come to rest');
  }

  /** A session that is open, in charge of the next agent in turn. */
  async openSession(receivedAt = new Date()): Promise<SessionId> {
    const session = await this.newSession(receivedAt);
    await this.serve(session, { now: receivedAt.getTime() });
    return session;
  }

  row(session: SessionId) {
    return this.db
      .selectFrom('session')
      .selectAll()
      .where('id', '=', session)
      .executeTakeFirstOrThrow();
  }

  command(id: CommandId) {
    return this.db.selectFrom('command').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }

  message(id: MessageId) {
    return this.db.selectFrom('message').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }

  async events(session: SessionId) {
    const rows = await this.db
      .selectFrom('session_event')
      .select(['version', 'n', 'type', 'event'])
      .where('session_id', '=', session)
      .orderBy('version')
      .orderBy('n')
      .execute();
    return rows;
  }

  assignments(session: SessionId) {
    return this.db
      .selectFrom('assignment')
      .selectAll()
      .where('session_id', '=', session)
      .orderBy('no')
      .execute();
  }

  notifications(session: SessionId) {
    return this.db
      .selectFrom('notification')
      .select(['agent_id', 'type', 'popup'])
      .where('session_id', '=', session)
      .orderBy('id')
      .execute();
  }
}
