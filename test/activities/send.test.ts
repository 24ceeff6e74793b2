import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookForMessage, sendMessage, settleAttempt, type SendDeps } from '#activities/send.ts';
import type { ReadBackMessage, SendOutcome } from '#channels/channel.ts';
import { createSecretBox } from '#db/secrets.ts';
import type { MessageId, SessionId } from '#domain/ids.ts';
import { HOUR, MINUTE } from '#domain/instant.ts';
import { apps, pageWrites } from '#test/api/intake-support.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { clocks, TestInbox } from './inbox.ts';
import { Platform } from './platform.ts';

const TOKEN = 'EAAG-page-token';
const secretBox = createSecretBox(randomBytes(32));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ max: 25 });
});
afterAll(() => database.close());

/** A session with one reply that has been handed out to be sent. */
async function aReply({ autoClose = clocks({}).autoClose } = {}) {
  const inbox = await TestInbox.open(database.db, { clocks: clocks({ autoClose }) });
  await inbox.db
    .updateTable('channel')
    .set({ token_cipher: secretBox.seal(TOKEN) })
    .where('id', '=', inbox.channel)
    .execute();
  const session = await inbox.openSession();
  const [agent] = inbox.team;
  if (agent === undefined) throw new Error('no agent');
  const { messageId } = await inbox.replies(session, agent, 'Dạ còn ạ');
  await inbox.serve(session);
  return new Sending(inbox, session, messageId);
}

type Echo = { mid?: string; metadata?: string | null; at?: number };

class Sending {
  readonly inbox: TestInbox;
  readonly session: SessionId;
  readonly messageId: MessageId;
  readonly platform = new Platform();
  readonly deps: SendDeps;

  constructor(inbox: TestInbox, session: SessionId, messageId: MessageId) {
    this.inbox = inbox;
    this.session = session;
    this.messageId = messageId;
    this.deps = {
      db: inbox.db,
      secretBox,
      clients: { of: () => this.platform },
      waker: { wake: () => undefined },
      now: () => 1_000_000,
    };
  }

  get key() {
    return { sessionId: this.session, messageId: this.messageId, attempt: 1 };
  }

  send() {
    return sendMessage(this.deps, this.key);
  }
  settle() {
    return settleAttempt(this.deps, this.key);
  }
  look() {
    return lookForMessage(this.deps, this.key);
  }

  /** The platform tells of the message. */
  echo({ mid = 'mid-1', metadata = this.messageId, at = Date.now() }: Echo = {}) {
    const customer = 'customer 1';
    return this.inbox.page.takesIn(
      pageWrites(mid, {
        customer,
        metadata,
        appId: apps.ourAppId,
        occurredAt: at,
        text: 'Dạ còn ạ',
      }),
    );
  }

  message() {
    return this.inbox.message(this.messageId);
  }

  async attempt() {
    return this.inbox.db
      .selectFrom('send_attempt')
      .select(['claimed_at', 'outcome', 'detail'])
      .where('message_id', '=', this.messageId)
      .where('attempt', '=', 1)
      .executeTakeFirstOrThrow();
  }

  /** What the journal was told of the message. */
  async told() {
    const rows = await this.inbox.db
      .selectFrom('session_journal')
      .select('fact')
      .where('session_id', '=', this.session)
      .where('kind', '=', 'send_outcome')
      .orderBy('seq')
      .execute();
    return rows.map(
      ({ fact }) => (fact as { send: { attempt: number | null; result: unknown } }).send,
    );
  }

  async recordedAgo(seconds: number): Promise<void> {
    await sql`update send_attempt set recorded_at = clock_timestamp() - ${seconds}::int * interval '1 second'
      where message_id = ${this.messageId}`.execute(this.inbox.db);
  }

  async claimedAgo(seconds: number): Promise<void> {
    await sql`update send_attempt set claimed_at = clock_timestamp() - ${seconds}::int * interval '1 second'
      where message_id = ${this.messageId}`.execute(this.inbox.db);
    await sql`update message set state = 'sending' where id = ${this.messageId}`.execute(
      this.inbox.db,
    );
  }
}

describe('an attempt', () => {
  test('calls the platform with the customer, the text and our id, by the channel’s token', async () => {
    const at = await aReply();
    await at.send();
    expect(at.platform.sent).toEqual([
      { recipient: 'customer 1', text: 'Dạ còn ạ', metadata: at.messageId },
    ]);
    expect(at.platform.tokens).toEqual([TOKEN]);
  });

  test('is claimed once among twenty callers', async () => {
    const at = await aReply();
    await Promise.all(Array.from({ length: 20 }, () => at.send()));
    expect(at.platform.sent).toHaveLength(1);
    expect(await at.told()).toHaveLength(1);
  });

  test('may be claimed within five seconds', async () => {
    const at = await aReply();
    await at.recordedAgo(4);
    await at.send();
    expect(at.platform.sent).toHaveLength(1);
  });

  test('cannot be claimed any later, and is recorded anew', async () => {
    const at = await aReply();
    await at.recordedAgo(6);
    await at.send();
    expect(at.platform.sent).toEqual([]);
    expect(await at.told()).toMatchObject([{ attempt: 1, result: { is: 'unclaimed' } }]);
    expect((await at.message()).state).toBe('queued');
  });

  test('is not made when the platform already has the message', async () => {
    const at = await aReply();
    await at.echo();
    await at.send();
    expect(at.platform.sent).toEqual([]);
  });

  test('of a session that was erased is not made', async () => {
    const at = await aReply();
    await at.inbox.db.deleteFrom('session').where('id', '=', at.session).execute();
    await at.send();
    expect(at.platform.sent).toEqual([]);
  });

  test('shows the message as being sent while the platform has not answered', async () => {
    const at = await aReply();
    at.platform.outcome = new Error('the process dies');
    await expect(at.send()).rejects.toThrow('the process dies');
    expect((await at.message()).state).toBe('sending');
  });
});

describe('what the platform answers', () => {
  const answers: [string, SendOutcome, object, string][] = [
    ['accepted', { kind: 'sent', mid: 'mid-1' }, { is: 'sent' }, 'sent'],
    [
      'refused for good',
      { kind: 'refused', reason: 'person_unavailable', detail: '551' },
      { is: 'failed', reason: 'person_unavailable' },
      'sending',
    ],
    [
      'later',
      { kind: 'later', retryAfterMs: 4_000, detail: '613' },
      { is: 'later', notBefore: 1_004_000 },
      'sending',
    ],
    ['nothing certain', { kind: 'unknown', detail: 'reset' }, { is: 'unknown' }, 'sending'],
  ];
  for (const [what, outcome, result, state] of answers)
    test(`${what}: goes to the journal, and the message shows it`, async () => {
      const at = await aReply();
      at.platform.outcome = outcome;
      await at.send();
      expect(await at.told()).toEqual([{ messageId: at.messageId, attempt: 1, result }]);
      expect((await at.message()).state).toBe(state);
    });

  for (const [what, outcome, state] of [
    ['refused', { kind: 'refused', reason: 'token_invalid', detail: '190' }, 'failed'],
    ['later', { kind: 'later', retryAfterMs: 4_000, detail: '613' }, 'queued'],
  ] as [string, SendOutcome, string][])
    test(`${what}: the session’s turn makes it ${state}`, async () => {
      const at = await aReply();
      at.platform.outcome = outcome;
      await at.send();
      await at.inbox.serve(at.session);
      expect((await at.message()).state).toBe(state);
    });

  test('is written down with the attempt', async () => {
    const at = await aReply();
    at.platform.outcome = {
      kind: 'refused',
      reason: 'token_invalid',
      detail: 'OAuthException 190',
    };
    await at.send();
    expect(await at.attempt()).toMatchObject({ outcome: 'failed', detail: 'OAuthException 190' });
  });

  test('the first report of an attempt stands', async () => {
    const at = await aReply();
    at.platform.outcome = { kind: 'refused', reason: 'token_invalid', detail: '190' };
    await at.send();
    await at.settle();
    expect(await at.told()).toHaveLength(1);
  });

  test('an accepted reply ends the wait', async () => {
    const at = await aReply();
    await at.send();
    await at.inbox.serve(at.session);
    expect((await at.inbox.row(at.session)).waiting_since).toBeNull();
  });
});

describe('response and echo may come in either order', () => {
  const both: [string, (at: Sending, echo: () => Promise<unknown>) => Promise<unknown>][] = [
    ['response, then echo', async (at, echo) => (await at.send(), echo())],
    [
      'echo, then response',
      async (at, echo) => {
        // The echo comes while the platform has not answered yet.
        at.platform.sendText = async () => {
          await echo();
          return { kind: 'sent', mid: 'mid-1' };
        };
        await at.send();
      },
    ],
  ];
  const occurredAt = Date.now() + 5_000;
  for (const [order, story] of both)
    for (const [by, metadata] of [
      ['our id', undefined],
      ['its mid', null],
    ] as const) {
      test(`${order}, known by ${by}: one message, with Meta’s time`, async () => {
        const at = await aReply();
        await story(at, () =>
          at.echo({ at: occurredAt, ...(metadata === null ? { metadata } : {}) }),
        );
        const outgoing = (await at.inbox.page.messages()).filter((one) => one.direction === 'out');
        expect(outgoing).toMatchObject([
          { id: at.messageId, mid: 'mid-1', state: 'sent', author: 'agent' },
        ]);
        // Without our id the echo stands in for somebody else's message until the response names it.
        if (metadata === undefined || order === 'response, then echo')
          expect(outgoing[0]?.occurred_at).toEqual(new Date(occurredAt));
      });

      test(`${order}, known by ${by}: the wait is over`, async () => {
        const at = await aReply();
        await story(at, () => at.echo(metadata === null ? { metadata } : {}));
        await at.inbox.serve(at.session);
        expect((await at.inbox.row(at.session)).waiting_since).toBeNull();
        expect((await at.message()).state).toBe('sent');
      });
    }

  test('a message that waited in the queue is not seen by an older watermark', async () => {
    const at = await aReply();
    await sql`update message set occurred_at = occurred_at - interval '1 minute' where id = ${at.messageId}`.execute(
      at.inbox.db,
    );
    const seenUpTo = new Date(Date.now() - 30_000);
    await at.inbox.db
      .updateTable('session')
      .set({ seen_up_to: seenUpTo })
      .where('id', '=', at.session)
      .execute();
    await at.send();
    expect((await at.message()).state).toBe('sent');
  });

  test('a watermark that came before the response counts', async () => {
    const at = await aReply();
    await at.inbox.db
      .updateTable('session')
      .set({ delivered_up_to: new Date(Date.now() + MINUTE) })
      .where('id', '=', at.session)
      .execute();
    await at.send();
    expect((await at.message()).state).toBe('delivered');
  });

  test('a removal that came before the echo leaves nothing of the text', async () => {
    const at = await aReply();
    await at.inbox.page.takesIn({ type: 'removed', customer: 'customer 1', mid: 'mid-1' });
    await at.echo();
    expect(await at.message()).toMatchObject({ text: null, state: 'sent' });
    expect((await at.message()).removed_at).not.toBeNull();
  });
});

describe('news that it was sent wins, however late', () => {
  const lates: [string, (at: Sending) => Promise<unknown>, string][] = [
    [
      'over failed',
      async (at) => {
        at.platform.outcome = { kind: 'refused', reason: 'token_invalid', detail: '190' };
        await at.send();
        await at.inbox.serve(at.session);
      },
      'failed',
    ],
    [
      'over unconfirmed',
      async (at) => {
        at.platform.outcome = { kind: 'unknown', detail: 'reset' };
        await at.send();
        await at.look();
        await at.inbox.serve(at.session);
      },
      'unconfirmed',
    ],
  ];
  for (const [over, before, state] of lates)
    test(over, async () => {
      const at = await aReply();
      await before(at);
      expect((await at.message()).state).toBe(state);
      await at.echo();
      await at.inbox.serve(at.session);
      expect(await at.message()).toMatchObject({ state: 'sent', failure: null });
      expect((await at.inbox.row(at.session)).waiting_since).toBeNull();
    });
});

describe('an attempt of which nobody reported', () => {
  test('and that nobody claimed may be recorded anew', async () => {
    const at = await aReply();
    await at.recordedAgo(18);
    await at.settle();
    expect(await at.told()).toMatchObject([{ result: { is: 'unclaimed' } }]);
  });

  test('cannot be claimed once it was settled', async () => {
    const at = await aReply();
    await at.recordedAgo(18);
    await at.settle();
    await at.recordedAgo(0);
    await at.send();
    expect(at.platform.sent).toEqual([]);
  });

  test('and that somebody claimed is doubtful, and never made again', async () => {
    const at = await aReply();
    await at.claimedAgo(18);
    await at.settle();
    await at.send();
    expect(await at.told()).toMatchObject([{ result: { is: 'unknown' } }]);
    expect(at.platform.sent).toEqual([]);
  });

  test('is left alone while it is young', async () => {
    const at = await aReply();
    await at.settle();
    expect(await at.told()).toEqual([]);
  });
});

describe('looking for a doubtful message in the conversation', () => {
  const doubtful = async () => {
    const at = await aReply();
    at.platform.outcome = { kind: 'unknown', detail: 'reset' };
    await at.send();
    return at;
  };
  const shown = (mid: string, more: Partial<ReadBackMessage> = {}): ReadBackMessage => ({
    mid,
    text: 'Dạ còn ạ',
    fromAsset: true,
    createdAt: Date.now(),
    ...more,
  });

  test('finds it: it was sent, and has its mid', async () => {
    const at = await doubtful();
    at.platform.conversation = [shown('mid-9')];
    await at.look();
    expect(await at.message()).toMatchObject({ state: 'sent', mid: 'mid-9' });
    expect((await at.told()).at(-1)).toMatchObject({ result: { is: 'sent' } });
  });

  test('takes the oldest of the same words that is not known as another message', async () => {
    const at = await doubtful();
    at.platform.conversation = [shown('newest'), shown('older'), shown('known')];
    await at.inbox.page.takesIn(
      pageWrites('known', { customer: 'customer 1', occurredAt: Date.now() }),
    );
    await at.look();
    expect((await at.message()).mid).toBe('older');
  });

  for (const [what, conversation] of [
    ['other words', [shown('mid-9', { text: 'Dạ hết rồi ạ' })]],
    ['the same words of the customer', [shown('mid-9', { fromAsset: false })]],
    ['the same words from long before', [shown('mid-9', { createdAt: Date.now() - HOUR })]],
    ['nothing', []],
    ['that it cannot be read', null],
  ] as [string, ReadBackMessage[] | null][])
    test(`finds ${what}: it is not shown`, async () => {
      const at = await doubtful();
      at.platform.conversation = conversation;
      await at.look();
      expect((await at.told()).at(-1)).toMatchObject({ result: { is: 'not_shown' } });
    });

  test('that has arrived meanwhile reads nothing', async () => {
    const at = await doubtful();
    await at.echo();
    at.platform.readConversation = () => Promise.reject(new Error('must not be asked'));
    await at.look();
  });

  test('twice harms nobody', async () => {
    const at = await doubtful();
    at.platform.conversation = [shown('mid-9')];
    await Promise.all([at.look(), at.look()]);
    await at.inbox.serve(at.session);
    expect(await at.message()).toMatchObject({ state: 'sent', mid: 'mid-9' });
  });
});

describe('the closing text', () => {
  const closing = async () => {
    const autoClose = { on: true, afterSeconds: 1_800, text: 'Cảm ơn!' };
    const at = await aReply({ autoClose });
    await at.send();
    const now = Date.now();
    await at.inbox.serve(at.session, { now });
    await at.inbox.serve(at.session, { now: now + 31 * MINUTE });
    const { state } = await at.inbox.row(at.session);
    if (state?.v !== 2 || state.status !== 'closing') throw new Error('not closing');
    return new Sending(at.inbox, at.session, state.closingMessage);
  };

  test('goes out while the session is closing', async () => {
    const at = await closing();
    await at.send();
    expect(at.platform.sent).toMatchObject([{ text: 'Cảm ơn!' }]);
  });

  test('does not go out when something newer stands in the journal', async () => {
    const at = await closing();
    await at.inbox.customerWrites('customer 1');
    await at.send();
    expect(at.platform.sent).toEqual([]);
    expect((await at.message()).state).toBe('queued');
  });

  test('does not go out when the session has left closing', async () => {
    const at = await closing();
    await at.inbox.customerWrites('customer 1');
    await at.inbox.serve(at.session);
    await at.send();
    expect(at.platform.sent).toEqual([]);
  });

  test('leads to Done when it is accepted, and the fate is recorded', async () => {
    const at = await closing();
    await at.send();
    await at.inbox.serve(at.session);
    expect((await at.inbox.row(at.session)).status).toBe('done');
    const events = await at.inbox.events(at.session);
    expect(events.at(-1)?.event).toMatchObject({ type: 'MarkedDone', closingText: 'sent' });
  });
});

describe('the token', () => {
  test('is not written down with what became of the attempt', async () => {
    const at = await aReply();
    at.platform.outcome = { kind: 'unknown', detail: 'socket hang up' };
    await at.send();
    expect(JSON.stringify([await at.attempt(), await at.told()])).not.toContain(TOKEN);
  });

  test('that cannot be opened fails the reply: it was certainly not sent', async () => {
    const at = await aReply();
    await sendMessage({ ...at.deps, secretBox: createSecretBox(randomBytes(32)) }, at.key);
    expect(await at.told()).toMatchObject([{ result: { is: 'failed', reason: 'token_invalid' } }]);
  });

  test('is in no error', async () => {
    const at = await aReply();
    at.platform.outcome = new Error('socket hang up');
    const error = await at.send().then(
      () => null,
      (reason: unknown) => reason as Error,
    );
    expect(`${error?.message} ${error?.stack}`).not.toContain(TOKEN);
  });
});
