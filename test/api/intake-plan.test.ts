/** The plan of a batch, without any database: what follows from what is known. */
import { describe, expect, test } from 'vitest';
import type { Arrival, Known } from '#api/intake/known.ts';
import { planIngest } from '#api/intake/plan.ts';
import type { Fact } from '#channels/channel.ts';
import type { KnownMessage, KnownSession } from '#db/ingest.ts';
import type { ChannelId, CustomerId, MessageId, SessionId } from '#domain/ids.ts';
import { apps, at, edits, LAN, pageWrites, removes, writes } from './intake-support.ts';

const channelId = 'page' as ChannelId;
const receivedAt = new Date(at(1));

const session = (more: Partial<KnownSession> = {}): KnownSession => ({
  id: 'session' as SessionId,
  channelId,
  kind: 'message',
  post: '',
  customerId: 'lan' as CustomerId,
  externalId: LAN,
  assignee: null,
  supporters: [],
  lastSeq: 7,
  lastCustomerAt: null,
  blocked: false,
  ...more,
});

const message = (more: Partial<KnownMessage> = {}): KnownMessage => ({
  id: 'known' as MessageId,
  sessionId: 'session' as SessionId,
  channelId,
  mid: 'm0',
  seq: 5,
  direction: 'in',
  author: 'customer',
  state: 'received',
  occurredAt: new Date(at(0)),
  editNo: 0,
  removed: false,
  fromBlocked: false,
  ...more,
});

function plan(facts: readonly Fact[], known: Partial<Known> = {}) {
  const arrivals = facts.map((fact, index): Arrival => ({
    deliveryId: 1,
    index,
    receivedAt,
    channelId,
    platform: 'facebook',
    fact,
  }));
  return planIngest(arrivals, {
    sessions: [session()],
    messages: [],
    tombstones: [],
    nameless: [],
    participants: [],
    ...apps,
    ...known,
  });
}

describe('places', () => {
  test('go on from the last one of the session', () => {
    const { entries } = plan([writes('m1'), writes('m2')]);
    expect(entries.map(({ seq }) => seq)).toEqual([8, 9]);
  });

  test('are not used up by what is known', () => {
    const { entries } = plan([writes('m0'), writes('m1')], { messages: [message()] });
    expect(entries.map(({ seq }) => seq)).toEqual([8]);
  });

  test('leave what they were given untouched', () => {
    const sessions = [session()];
    plan([writes('m1')], { sessions });
    expect(sessions).toEqual([session()]);
  });

  test('of another Page’s customer with the same id are not mixed up', () => {
    const other = session({ channelId: 'other' as ChannelId, id: 'elsewhere' as SessionId });
    const { entries } = plan([writes('m1')], { sessions: [other, session()] });
    expect(entries.map(({ sessionId }) => sessionId)).toEqual(['session']);
  });
});

describe('an echo with our id', () => {
  const ours = message({ id: 'ours' as MessageId, mid: null, direction: 'out', author: 'agent' });
  const echo = pageWrites('e1', { metadata: 'ours', appId: apps.ourAppId });

  for (const state of ['queued', 'sending', 'failed', 'unconfirmed'] as const)
    test(`tells the session that a message that is ${state} was sent`, () => {
      const { accepted, entries, messages } = plan([echo], { messages: [{ ...ours, state }] });
      expect(accepted).toMatchObject([{ messageId: 'ours', mid: 'e1' }]);
      expect(entries).toMatchObject([{ fact: { kind: 'send_outcome' } }]);
      expect(messages).toEqual([]);
    });

  test('tells nothing new of one that is known to be sent, but Meta’s time', () => {
    const { accepted, entries } = plan([echo], { messages: [{ ...ours, state: 'sent' }] });
    expect(accepted).toMatchObject([
      { messageId: 'ours', occurredAt: new Date(echo.type === 'echo' ? echo.occurredAt : 0) },
    ]);
    expect(entries).toEqual([]);
  });

  test('of a second copy, which a person asked for, leaves the first as it is', () => {
    const sent = { ...ours, state: 'sent' as const, mid: 'first' };
    const { accepted, entries } = plan([echo], { messages: [sent] });
    expect([...accepted, ...entries]).toEqual([]);
  });

  test('and its removal in one batch leave nothing of it', () => {
    const { removals } = plan([echo, removes('e1')], { messages: [{ ...ours, state: 'sending' }] });
    expect(removals).toEqual([{ messageId: 'ours', sessionId: 'session' }]);
  });

  test('of another Page’s message is not taken for ours', () => {
    const foreign = { ...ours, channelId: 'other' as ChannelId };
    const { accepted } = plan([echo], { messages: [foreign] });
    expect(accepted).toEqual([]);
  });
});

describe('items', () => {
  test('say what each of the delivery’s was', () => {
    const { items } = plan([writes('m1'), { type: 'ignored', name: 'standby' }]);
    expect(items).toMatchObject([
      { index: 0, state: 'done', name: 'message', customerId: 'lan' },
      { index: 1, state: 'ignored', name: 'standby', customerId: null },
    ]);
  });
});

describe('what came too early', () => {
  test('is buried until its message comes', () => {
    const { tombstones } = plan([edits('m1', 'edited', 2), removes('m2')]);
    expect(tombstones).toMatchObject([
      { mid: 'm1', removed: false, text: 'edited', editNo: 2 },
      { mid: 'm2', removed: true },
    ]);
  });

  test('is what the message then says', () => {
    const tombstone = { channelId, mid: 'm1', removed: false, text: 'edited', editNo: 2 };
    const { messages } = plan([writes('m1')], { tombstones: [tombstone] });
    expect(messages).toMatchObject([{ text: 'edited', editNo: 2 }]);
  });
});
