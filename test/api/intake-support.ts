import { ingestBatch, type Incoming, type Ingested } from '#api/intake/ingest-batch.ts';
import type {
  CommentFact,
  EchoFact,
  Fact,
  MessageFact,
  OwnCommentFact,
  Platform,
} from '#channels/channel.ts';
import type { Db } from '#db/database.ts';
import { entriesAfter } from '#db/journal.ts';
import type { ChannelId, SessionId } from '#domain/ids.ts';
import { SECOND } from '#domain/instant.ts';
import type { Entry } from '#domain/session/entry.ts';
import { aChannel } from '#test/support/workspace.ts';

export const LAN = '24567890123456789';
export const HOA = '24567890123456790';
export const apps = { ourAppId: 'our-app', inboxAppIds: ['meta-inbox'] };

/** When things happened at Meta, in seconds from the beginning of the story. */
const BEGINNING = Date.UTC(2027, 0, 15, 8);
export const at = (seconds: number): number => BEGINNING + seconds * SECOND;

export const writes = (mid: string, more: Partial<MessageFact> = {}): MessageFact => ({
  type: 'message',
  customer: LAN,
  mid,
  text: `text of ${mid}`,
  attachments: [],
  occurredAt: at(0),
  ...more,
});

/** A message that went out from the Page; without more said by a person in Meta's own inbox. */
export const pageWrites = (mid: string, more: Partial<EchoFact> = {}): EchoFact => ({
  type: 'echo',
  customer: LAN,
  mid,
  text: `text of ${mid}`,
  attachments: [],
  appId: null,
  metadata: null,
  occurredAt: at(60),
  ...more,
});

export const POST = '100_500';
const post = { id: POST, text: null, permalink: null };

export const comments = (mid: string, more: Partial<CommentFact> = {}): CommentFact => ({
  type: 'comment',
  customer: LAN,
  isAuthorHidden: false,
  name: 'Lan',
  username: null,
  post,
  mid,
  parent: null,
  text: `text of ${mid}`,
  attachments: [],
  occurredAt: at(0),
  ...more,
});

/** The Page itself comments; without more as an answer to the comment c1. */
export const pageComments = (mid: string, more: Partial<OwnCommentFact> = {}): OwnCommentFact => ({
  type: 'own_comment',
  post,
  mid,
  parent: 'c1',
  text: `text of ${mid}`,
  attachments: [],
  occurredAt: at(60),
  tagged: [],
  ...more,
});

/** Of a comment: only its id says whose it is. */
export const commentEdited = (mid: string, text: string, editNo = 1): Fact => ({
  type: 'edited',
  customer: null,
  mid,
  text,
  editNo,
});

export const commentRemoved = (mid: string): Fact => ({ type: 'removed', customer: null, mid });

/** With all that stood under it. */
export const postRemoved = (id = POST): Fact => ({ type: 'post_removed', id });

export const edits = (mid: string, text: string, editNo = 1): Fact => ({
  type: 'edited',
  customer: LAN,
  mid,
  text,
  editNo,
});

export const removes = (mid: string): Fact => ({ type: 'removed', customer: LAN, mid });

export const delivered = (upTo: number): Fact => ({
  type: 'delivered',
  customer: LAN,
  watermark: at(upTo),
  mids: [],
});

export const read = (upTo: number): Fact => ({
  type: 'read',
  customer: LAN,
  watermark: at(upTo),
  mid: null,
});

export const reacts = (occurredAt: number, reaction: string | null = '❤'): Fact => ({
  type: 'reaction',
  customer: LAN,
  mid: 'm1',
  reaction,
  occurredAt: at(occurredAt),
});

/** A connected Page, and what the intake makes of what Meta tells about it. */
export class TestPage {
  readonly db: Db;
  readonly channel: ChannelId;
  readonly #asset: string;
  readonly #platform: Platform;
  #deliveries = 0;

  private constructor(db: Db, channel: ChannelId, platform: Platform) {
    this.db = db;
    this.channel = channel;
    this.#asset = channel;
    this.#platform = platform;
  }

  static async connect(db: Db, platform: Platform = 'facebook'): Promise<TestPage> {
    const channel = await aChannel(db, { platform });
    return new TestPage(db, channel, platform);
  }

  /** A delivery with these facts, as the parser hands it over. */
  delivery(facts: readonly Fact[], receivedAt = new Date()): Incoming[] {
    this.#deliveries += 1;
    const deliveryId = this.#deliveries;
    return facts.map((fact, index) => ({
      platform: this.#platform,
      asset: this.#asset,
      index,
      outcome: { fact },
      deliveryId,
      receivedAt,
    }));
  }

  /** Takes facts in, all in one batch. */
  takesIn(...facts: Fact[]): Promise<Ingested> {
    return this.takesInItems(this.delivery(facts));
  }

  /** Takes facts in, each in a batch of its own. */
  async takesInOneByOne(...facts: readonly Fact[]): Promise<void> {
    for (const fact of facts) await this.takesIn(fact);
  }

  takesInItems(items: Incoming[]): Promise<Ingested> {
    return this.db.transaction().execute((trx) => ingestBatch(trx, items, apps));
  }

  messages() {
    return this.db
      .selectFrom('message')
      .selectAll()
      .where('channel_id', '=', this.channel)
      .orderBy('seq')
      .orderBy('id')
      .execute();
  }

  async message(mid: string) {
    const all = await this.messages();
    const found = all.find((message) => message.mid === mid);
    if (found === undefined) throw new Error(`No message ${mid}`);
    return found;
  }

  /** The session of this Page's only customer, or of the one who is named. */
  session(customer = LAN) {
    return this.db
      .selectFrom('session')
      .innerJoin('customer_identity as identity', 'identity.customer_id', 'session.customer_id')
      .selectAll('session')
      .where('session.channel_id', '=', this.channel)
      .where('identity.external_id', '=', customer)
      .executeTakeFirstOrThrow();
  }

  async journal(customer = LAN): Promise<Entry[]> {
    return entriesAfter(this.db, (await this.session(customer)).id, 0, 1_000);
  }

  async kinds(customer = LAN): Promise<string[]> {
    return (await this.journal(customer)).map((entry) => entry.kind);
  }

  queue(session: SessionId) {
    return this.db
      .selectFrom('session_queue')
      .selectAll()
      .where('session_id', '=', session)
      .executeTakeFirstOrThrow();
  }

  /** How much of everything there is: what a repetition must leave as it is. */
  async counts() {
    const tables = ['customer', 'session', 'message', 'session_journal', 'tombstone'] as const;
    const counts = await Promise.all(
      tables.map((table) =>
        this.db
          .selectFrom(table)
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow(),
      ),
    );
    return Object.fromEntries(tables.map((table, index) => [table, counts[index]?.count]));
  }
}
