import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Connection, type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { entriesAfter } from '#db/journal.ts';
import { createSecretBox } from '#db/secrets.ts';
import type { StoredClocks } from '#db/stored.ts';
import type { SessionId } from '#domain/ids.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import { TestInbox } from '#test/activities/inbox.ts';
import { Platform } from '#test/activities/platform.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { testTemporal } from '#test/support/temporal.ts';
import { until } from '#test/support/until.ts';
import { createWorkers } from '#worker/create-workers.ts';
import { sessionWorkflowId, viewQuery } from '#workflows/messages.ts';
import { registerSearchAttributes } from '#workflows/search-attributes.ts';
import { startOrTell, type ToldSession } from '#workflows/tell-session.ts';
import type { conversationSession } from '#workflows/index.ts';

/** Where a test's workers work. */
export type TestServer = {
  connection: NativeConnection;
  client: Client;
  namespace: string;
  close: () => Promise<void>;
};

type SessionRow = Awaited<ReturnType<TestInbox['row']>>;
export type Handle = WorkflowHandle<typeof conversationSession>;

/** Real workers, a real Temporal server and a real database, without relay and intake: the test is both. */
export class ServedInbox {
  readonly inbox: TestInbox;
  readonly client: Client;
  readonly platform: Platform;
  readonly namespace: string;
  readonly #server: TestServer;
  readonly #database: TestDatabase;
  readonly #workers: Worker[];
  readonly #ended: Promise<unknown>;

  private constructor(parts: {
    inbox: TestInbox;
    platform: Platform;
    server: TestServer;
    database: TestDatabase;
    workers: Worker[];
  }) {
    this.inbox = parts.inbox;
    this.client = parts.server.client;
    this.platform = parts.platform;
    this.namespace = parts.server.namespace;
    this.#server = parts.server;
    this.#database = parts.database;
    this.#workers = parts.workers;
    this.#ended = Promise.all(parts.workers.map((worker) => worker.run()));
  }

  static async start({
    maxCachedSessions = 100,
    changeCode,
    on,
    ...options
  }: {
    maxCachedSessions?: number;
    /** Another server than the one that the tests share. */
    on?: TestServer;
    /** Workers run this version of the workflow instead of the real one. */
    changeCode?: (code: string) => string;
    team?: number;
    clocks?: StoredClocks;
    interact?: boolean;
  } = {}): Promise<ServedInbox> {
    const database = await testDatabase({ max: 20 });
    const inbox = await TestInbox.open(database.db, options);
    const secretBox = createSecretBox(randomBytes(32));
    await database.db
      .updateTable('channel')
      .set({ token_cipher: secretBox.seal('token') })
      .execute();
    const server = on ?? (await sharedServer());
    const platform = new Platform();
    const bundle = inject('workflowBundle');
    const workers = await createWorkers({
      connection: server.connection,
      namespace: server.namespace,
      bundlePath: changeCode === undefined ? bundle : await changedBundle(bundle, changeCode),
      maxCachedSessions,
      deps: {
        db: database.db,
        clients: { of: () => platform },
        secretBox,
        waker: { wake: () => undefined },
        now: Date.now,
      },
    });
    return new ServedInbox({ inbox, platform, server, database, workers });
  }

  get db() {
    return this.inbox.db;
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.shutdown();
    await this.#ended;
    await this.#server.close();
    await this.#database.close();
  }

  async told(session: SessionId): Promise<ToldSession> {
    const { id, channel_id, customer_id, kind } = await this.inbox.row(session);
    return { id, channelId: channel_id, customerId: customer_id, kind };
  }

  handle(session: SessionId, runId?: string): Handle {
    const id = sessionWorkflowId({ id: session, channelId: this.inbox.channel });
    return this.client.workflow.getHandle(id, runId);
  }

  /** Tells the workflow what it has not applied, as the relay does. */
  async relay(session: SessionId): Promise<void> {
    const { applied_seq } = await this.inbox.row(session);
    const entries = await entriesAfter(this.db, session, applied_seq, 100);
    await startOrTell(this.client, await this.told(session), entries);
  }

  /** Asks it to look for work, as the watchdog does. */
  async check(session: SessionId): Promise<void> {
    await startOrTell(this.client, await this.told(session), []);
  }

  /** Sends entries with these places in the journal, in this order, to a run that may have to be started. */
  async signal(session: SessionId, ...seqs: number[]): Promise<void> {
    const all = await entriesAfter(this.db, session, 0, 1_000);
    const entries = seqs.map((seq) => {
      const entry = all[seq - 1];
      if (entry === undefined) throw new Error(`No entry ${seq}`);
      return entry;
    });
    await startOrTell(this.client, await this.told(session), entries);
  }

  /** Waits until everything in the journal has been applied. */
  async applied(session: SessionId) {
    return until(async () => {
      const row = await this.inbox.row(session);
      const { last_seq } = await this.inbox.page.queue(session);
      return row.applied_seq === last_seq && row;
    });
  }

  /** A new session whose first message has been served. */
  async openSession(): Promise<SessionId> {
    const session = await this.inbox.newSession();
    await this.relay(session);
    await this.applied(session);
    return session;
  }

  /** Waits until the session's row shows this status. */
  hasStatus(session: SessionId, status: string) {
    return until(async () => {
      const row = await this.inbox.row(session);
      return row.status === status && row;
    });
  }

  /** Relays whatever comes into the journal until the session's row is as wanted. */
  relayUntil(session: SessionId, isReached: (row: SessionRow) => boolean) {
    return until(async () => {
      const row = await this.inbox.row(session);
      const { last_seq } = await this.inbox.page.queue(session);
      if (last_seq > row.applied_seq) await this.relay(session);
      return isReached(row) && row;
    });
  }

  /** Marks a session done by its assignee, and waits for the end of the run. */
  async markDone(session: SessionId): Promise<void> {
    const { assignee_id } = await this.inbox.row(session);
    const { last_seq: seenSeq } = await this.inbox.page.queue(session);
    if (assignee_id === null) throw new Error('Nobody is in charge');
    await this.inbox.asks(session, assignee_id, { type: 'done', seenSeq });
    await this.relay(session);
    await this.hasStatus(session, 'done');
    await this.ended(session);
  }

  ended(session: SessionId) {
    return until(async () => {
      const { status } = await this.handle(session).describe();
      return status.name !== 'RUNNING' && status.name;
    });
  }

  view(session: SessionId) {
    return this.handle(session).query(viewQuery);
  }

  /** Waits until the run has heard of all that is committed: it does so a moment after everybody else can read it. */
  async hasHeard(session: SessionId): Promise<void> {
    const { version } = await this.inbox.row(session);
    await until(async () => {
      const view = await this.view(session);
      return view.version === version && view.waiting === 0;
    });
  }

  /** Places of the customer's messages in the order in which they were taken in. */
  async received(session: SessionId): Promise<number[]> {
    const events = await this.inbox.events(session);
    return events.flatMap(({ event }) => (event.type === 'MessageReceived' ? [event.seq] : []));
  }

  /** With RECORD_HISTORIES=1 the run is kept for replaying by later versions. */
  async record(session: SessionId, name: string, runId?: string): Promise<void> {
    if (process.env.RECORD_HISTORIES !== '1') return;
    const folder = new URL('../histories/', import.meta.url);
    const history = await this.handle(session, runId).fetchHistory();
    await mkdir(folder, { recursive: true });
    const file = `v${String(NEW_SESSION.v)}-${name}.json`;
    await writeFile(new URL(file, folder), historyToJSON(history));
  }
}

/** Another version of the bundled workflow, in a file of its own. @throws Error when nothing was changed */
export async function changedBundle(
  path: string,
  change: (code: string) => string,
): Promise<string> {
  const code = await readFile(path, 'utf8');
  const changed = change(code);
  if (changed === code) throw new Error('The workflow’s code is not what the test takes it for');
  const folder = await mkdtemp(join(tmpdir(), 'everthread-bundle-'));
  const file = join(folder, 'workflows.js');
  await writeFile(file, changed);
  return file;
}

const RETENTION_SECONDS = 86_400;

/** The server that all tests share. Queues have fixed names; in a namespace of its own no other file's worker takes the tasks. */
async function sharedServer(): Promise<TestServer> {
  const temporal = await testTemporal();
  const connection = temporal.client.connection as Connection;
  const namespace = `test-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    // A number does as well as the Long that the type asks for.
    workflowExecutionRetentionPeriod: { seconds: RETENTION_SECONDS as never },
  });
  const client = new Client({ connection, namespace });
  // The server's other services learn of it a little later.
  await until(async () => {
    await registerSearchAttributes(connection, namespace);
    await client.workflow.count();
    return true;
  });
  return { connection: temporal.connection, client, namespace, close: () => temporal.close() };
}
