import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookForMessage, sendMessage, type SendDeps } from '#activities/send.ts';
import type { OwnCommentFact, ReadBackMessage, SendOutcome } from '#channels/channel.ts';
import { createSecretBox } from '#db/secrets.ts';
import type { AgentId, MessageId, SessionId } from '#domain/ids.ts';
import { DAY, HOUR } from '#domain/instant.ts';
import { commentRemoved, comments, pageComments } from '#test/api/intake-support.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { TestInbox } from './inbox.ts';
import { Platform } from './platform.ts';

const TEXT = 'Dạ còn ạ';
const secretBox = createSecretBox(randomBytes(32));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ max: 10 });
});
afterAll(() => database.close());

/** An open comment session in which an agent may answer. */
async function aThread() {
  const inbox = await TestInbox.open(database.db);
  await inbox.db
    .updateTable('channel')
    .set({ token_cipher: secretBox.seal('token') })
    .where('id', '=', inbox.channel)
    .execute();
  await inbox.page.takesIn(comments('c1', { occurredAt: Date.now() - 30 * DAY }));
  const { id: session } = await inbox.page.session();
  await inbox.serve(session);
  const [agent] = inbox.team;
  if (agent === undefined) throw new Error('no agent');
  return new Thread(inbox, session, agent);
}

class Thread {
  readonly inbox: TestInbox;
  readonly session: SessionId;
  readonly agent: AgentId;
  readonly platform = new Platform();
  readonly deps: SendDeps;

  constructor(inbox: TestInbox, session: SessionId, agent: AgentId) {
    this.inbox = inbox;
    this.session = session;
    this.agent = agent;
    this.deps = {
      db: inbox.db,
      secretBox,
      clients: { of: () => this.platform },
      waker: { wake: () => undefined },
      now: () => 1_000_000,
    };
  }

  /** A reply that has been handed out to be sent. */
  async replies(text = TEXT, commentId?: string): Promise<MessageId> {
    const { messageId } = await this.inbox.replies(this.session, this.agent, text, commentId);
    await this.inbox.serve(this.session);
    return messageId;
  }

  /** @returns what the journal was told of it */
  async send(messageId: MessageId, outcome: SendOutcome | null = null, attempt = 1) {
    this.platform.outcome = outcome;
    await sendMessage(this.deps, { sessionId: this.session, messageId, attempt });
    return this.told();
  }

  async look(messageId: MessageId) {
    await lookForMessage(this.deps, { sessionId: this.session, messageId });
    return this.told();
  }

  async told() {
    const facts = await this.inbox.page.journal();
    return facts.flatMap((fact) => (fact.kind === 'send_outcome' ? [fact.send.result] : [])).at(-1);
  }

  tells(more: Partial<OwnCommentFact> = {}) {
    return this.inbox.page.takesIn(
      pageComments('comment-1', { text: TEXT, occurredAt: Date.now(), ...more }),
    );
  }

  outgoing() {
    return this.inbox.db
      .selectFrom('message')
      .select(['id', 'mid', 'state', 'author'])
      .where('session_id', '=', this.session)
      .where('direction', '=', 'out')
      .execute();
  }
}

describe('a public answer to a comment', () => {
  test('goes under the customer’s newest comment, thirty days after it', async () => {
    const at = await aThread();
    await at.inbox.page.takesIn(comments('c2'));
    const id = await at.replies();
    expect(await at.send(id)).toEqual({ is: 'sent' });
    expect(at.platform.replied).toEqual([{ comment: 'c2', text: TEXT }]);
    expect(at.platform.sent).toEqual([]);
    expect(await at.outgoing()).toMatchObject([{ id, mid: 'comment-1', state: 'sent' }]);
  });

  test('goes under the comment that was chosen', async () => {
    const at = await aThread();
    await at.inbox.page.takesIn(comments('c2'));
    await at.send(await at.replies(TEXT, 'c1'));
    expect(at.platform.replied).toEqual([{ comment: 'c1', text: TEXT }]);
  });

  test('to an answer stands under the top-level comment', async () => {
    const at = await aThread();
    await at.inbox.page.takesIn(comments('c2', { parent: 'c1' }));
    const id = await at.replies(TEXT, 'c2');
    await at.send(id);
    expect(at.platform.replied).toEqual([{ comment: 'c2', text: TEXT }]);
    expect(await at.inbox.message(id)).toMatchObject({ parent: 'c1', reply_to: 'c2' });
  });

  for (const [what, prepare, commentId] of [
    ['that is not there', () => Promise.resolve(), 'c9'],
    ['that was removed', (at: Thread) => at.inbox.page.takesIn(commentRemoved('c1')), 'c1'],
    [
      'where all were removed',
      (at: Thread) => at.inbox.page.takesIn(commentRemoved('c1')),
      undefined,
    ],
  ] as const)
    test(`to a comment ${what} is refused`, async () => {
      const at = await aThread();
      await prepare(at);
      await expect(at.replies(TEXT, commentId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

  test('that Meta refuses as the comment is gone fails with that cause', async () => {
    const at = await aThread();
    const id = await at.replies();
    await at.send(id, { kind: 'refused', reason: 'comment_gone', detail: '100/33' });
    await at.inbox.serve(at.session);
    expect(await at.inbox.message(id)).toMatchObject({ state: 'failed', failure: 'comment_gone' });
  });

  test('ends the wait when it is accepted', async () => {
    const at = await aThread();
    await at.send(await at.replies());
    await at.inbox.serve(at.session);
    expect((await at.inbox.row(at.session)).waiting_since).toBeNull();
  });
});

describe('an answer to a comment whose end is unknown', () => {
  const LOST: SendOutcome = { kind: 'unknown', detail: 'reset' };

  test('is settled by the page’s own comment with the same words', async () => {
    const at = await aThread();
    const id = await at.replies();
    expect(await at.send(id, LOST)).toEqual({ is: 'unknown' });
    await at.tells();
    await at.inbox.serve(at.session);
    expect(await at.outgoing()).toEqual([{ id, mid: 'comment-1', state: 'sent', author: 'agent' }]);
  });

  test('is one message when its event comes before its response', async () => {
    const at = await aThread();
    const id = await at.replies();
    at.platform.replyToComment = async () => {
      await at.tells();
      return { kind: 'sent', mid: 'comment-1' };
    };
    await at.send(id);
    expect(await at.outgoing()).toMatchObject([{ id, mid: 'comment-1', state: 'sent' }]);
  });

  test('is one message when the event’s words were not ours, and the response names it', async () => {
    const at = await aThread();
    const id = await at.replies();
    at.platform.replyToComment = async () => {
      await at.tells({ text: 'Dạ còn ạ (đã sửa)' });
      return { kind: 'sent', mid: 'comment-1' };
    };
    await at.send(id);
    expect(await at.outgoing()).toMatchObject([{ id, mid: 'comment-1', author: 'agent' }]);
  });

  const shown = (more: Partial<ReadBackMessage> = {}): ReadBackMessage => ({
    mid: 'comment-9',
    text: TEXT,
    fromAsset: true,
    createdAt: Date.now(),
    ...more,
  });

  test('is looked for under the top-level comment, and found', async () => {
    const at = await aThread();
    await at.inbox.page.takesIn(comments('c2', { parent: 'c1' }));
    const id = await at.replies(TEXT, 'c2');
    await at.send(id, LOST);
    at.platform.conversation = [shown()];
    expect(await at.look(id)).toEqual({ is: 'sent' });
    expect(at.platform.readUnder).toEqual(['c1']);
    expect(await at.outgoing()).toMatchObject([{ mid: 'comment-9', state: 'sent' }]);
  });

  for (const [what, answers] of [
    ['other words', [shown({ text: 'Hết rồi' })]],
    ['the same words of a customer', [shown({ fromAsset: false })]],
    ['the same words from before', [shown({ createdAt: Date.now() - HOUR })]],
    ['that they cannot be read', null],
  ] as [string, ReadBackMessage[] | null][])
    test(`finds ${what}: it is not shown`, async () => {
      const at = await aThread();
      const id = await at.replies();
      await at.send(id, LOST);
      at.platform.conversation = answers;
      expect(await at.look(id)).toEqual({ is: 'not_shown' });
      await at.inbox.serve(at.session);
      expect(await at.outgoing()).toMatchObject([{ state: 'unconfirmed' }]);
    });
});

describe('“the same words stand there” (506)', () => {
  const DUPLICATE: SendOutcome = { kind: 'duplicate', detail: '506' };

  test('means sent when an earlier attempt may have arrived', async () => {
    const at = await aThread();
    const id = await at.replies();
    await at.send(id, { kind: 'unknown', detail: 'reset' });
    await at.look(id);
    await at.inbox.serve(at.session);
    await at.inbox.asks(at.session, at.agent, { type: 'retry', messageId: id });
    await at.inbox.serve(at.session);
    expect(await at.send(id, DUPLICATE, 2)).toEqual({ is: 'sent' });
    await at.inbox.serve(at.session);
    expect(await at.outgoing()).toMatchObject([{ id, mid: null, state: 'sent' }]);
    await at.tells();
    expect(await at.outgoing()).toMatchObject([{ id, mid: 'comment-1', state: 'sent' }]);
  });

  test('means refused when this message cannot be what stands there', async () => {
    const at = await aThread();
    const id = await at.replies();
    expect(await at.send(id, DUPLICATE)).toEqual({ is: 'failed', reason: 'duplicate' });
  });
});
