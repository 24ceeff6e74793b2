/** From facts to findings: what is new, what is known already, and which place in the journal it gets. Pure. */
import type { EchoFact, Fact, MessageFact } from '#channels/channel.ts';
import { newId } from '#db/ids.ts';
import type { KnownMessage, KnownSession, Tombstone } from '#db/ingest.ts';
import type { Findings, NewMessage, SessionTouch } from '#db/ingest-write.ts';
import { echoAuthor } from '#domain/echo.ts';
import type { ChannelId, MessageId } from '#domain/ids.ts';
import type { Fact as JournalFact } from '#domain/session/entry.ts';

/** A fact of a connected channel, with the delivery that brought it. */
export type Arrival = {
  deliveryId: number;
  index: number;
  receivedAt: Date;
  channelId: ChannelId;
  fact: Fact;
};

export type Known = {
  sessions: readonly KnownSession[];
  messages: readonly KnownMessage[];
  tombstones: readonly Tombstone[];
  ourAppId: string;
  inboxAppIds: readonly string[];
};

type Context = Arrival & { session: KnownSession };

const PREVIEW_LENGTH = 200;
const ACCEPTED = new Set(['sent', 'delivered', 'seen']);

/** What the arrivals mean, taken one after the other; those that repeat what is known mean nothing. */
export function planIngest(arrivals: readonly Arrival[], known: Known): Findings {
  const plan = new IngestPlan(known);
  for (const arrival of arrivals) plan.take(arrival);
  return plan.findings();
}

class IngestPlan {
  readonly #known: Known;
  readonly #sessions: Map<string, KnownSession>;
  readonly #byMid: Map<string, KnownMessage>;
  readonly #byId: Map<string, KnownMessage>;
  readonly #tombstones: Map<string, Tombstone>;
  readonly #touches = new Map<string, SessionTouch>();
  readonly #found: Omit<Findings, 'touches'> = {
    messages: [],
    entries: [],
    accepted: [],
    edits: [],
    removals: [],
    tombstones: [],
    items: [],
  };

  constructor(known: Known) {
    this.#known = known;
    this.#sessions = keyed(known.sessions, (one) => one.externalId);
    this.#byMid = keyed(known.messages, (one) => one.mid ?? one.id);
    this.#byId = new Map([...this.#byMid.values()].map((one) => [one.id, one]));
    this.#tombstones = keyed(known.tombstones, (one) => one.mid);
  }

  findings(): Findings {
    return { ...this.#found, touches: [...this.#touches.values()] };
  }

  take(arrival: Arrival): void {
    const { fact, channelId, deliveryId, index } = arrival;
    const session =
      'customer' in fact ? this.#sessions.get(key(channelId, fact.customer)) : undefined;
    const isIgnored = fact.type === 'ignored';
    this.#found.items.push({
      deliveryId,
      index,
      state: isIgnored ? 'ignored' : 'done',
      name: isIgnored ? fact.name : fact.type,
      error: null,
      customerId: session?.customerId ?? null,
    });
    if (fact.type === 'edited') this.#edited(channelId, fact);
    else if (fact.type === 'removed') this.#removed(arrival, fact);
    else if (session !== undefined) this.#takeIn({ ...arrival, session });
  }

  #takeIn(context: Context): void {
    const { fact, session } = context;
    switch (fact.type) {
      case 'message':
        return this.#message(context, fact);
      case 'echo':
        return this.#echo(context, fact);
      case 'delivered':
        return this.#touch(session, { deliveredUpTo: moment(fact.watermark) });
      case 'read':
        return this.#touch(session, { seenUpTo: moment(fact.watermark) });
      case 'reaction':
        // R26: a reaction renews the messaging window; taking one back does not.
        if (fact.reaction === null) return;
        return this.#touch(session, { windowFrom: moment(fact.occurredAt) });
      case 'edited':
      case 'removed':
      case 'ignored':
        return;
    }
  }

  #message(context: Context, fact: MessageFact): void {
    if (this.#byMid.has(key(context.channelId, fact.mid))) return;
    const id = newId<MessageId>();
    const isRemoved = this.#tombstones.get(key(context.channelId, fact.mid))?.removed === true;
    // What was taken back before it came starts no clock: it gets no place of its own in the journal.
    const seq = isRemoved
      ? context.session.lastSeq
      : this.#append(context, { kind: 'customer_message', messageId: id });
    this.#insert(context, fact, { id, seq, direction: 'in', author: 'customer' });
    const occurredAt = moment(fact.occurredAt);
    this.#touch(context.session, { lastCustomerAt: occurredAt, windowFrom: occurredAt });
    if (!isRemoved) this.#preview(context, fact, 'customer');
    context.session.lastCustomerAt = later(context.session.lastCustomerAt, occurredAt);
  }

  #echo(context: Context, fact: EchoFact): void {
    const ours =
      this.#byId.get(fact.metadata ?? '') ?? this.#byMid.get(key(context.channelId, fact.mid));
    if (ours !== undefined) return this.#accepted(context, fact, ours);
    const author = echoAuthor({
      appId: fact.appId,
      ourAppId: this.#known.ourAppId,
      inboxAppIds: this.#known.inboxAppIds,
      occurredAt: fact.occurredAt,
      lastCustomerEventAt: context.session.lastCustomerAt?.getTime() ?? null,
    });
    const isStaff = author === 'staff elsewhere';
    const id = newId<MessageId>();
    const seq = this.#append(context, {
      kind: 'foreign_message',
      messageId: id,
      answer: isStaff,
      sentAt: fact.occurredAt,
    });
    this.#insert(context, fact, {
      id,
      seq,
      direction: 'out',
      author: isStaff ? 'elsewhere' : 'other_app',
    });
    this.#preview(context, fact, 'page');
  }

  /** The platform shows a message of ours: it was sent, whatever the answer to the call said. */
  #accepted(context: Context, fact: EchoFact, ours: KnownMessage): void {
    const isOurs = ours.author === 'agent' || ours.author === 'system';
    if (!isOurs || ours.channelId !== context.channelId || ACCEPTED.has(ours.state)) return;
    ours.state = 'sent';
    const occurredAt = moment(fact.occurredAt);
    this.#found.accepted.push({ messageId: ours.id, mid: fact.mid, occurredAt });
    this.#append(context, {
      kind: 'send_outcome',
      send: { messageId: ours.id, attempt: null, result: { is: 'sent' } },
    });
  }

  #edited(channelId: ChannelId, fact: Fact & { type: 'edited' }): void {
    const { mid, text, editNo } = fact;
    const known = this.#byMid.get(key(channelId, mid));
    if (known === undefined) this.#bury({ channelId, mid, removed: false, text, editNo });
    else if (editNo > known.editNo && !known.removed) {
      known.editNo = editNo;
      this.#found.edits.push({ messageId: known.id, text, editNo });
    }
  }

  #removed(arrival: Arrival, fact: Fact & { type: 'removed' }): void {
    const { channelId } = arrival;
    const known = this.#byMid.get(key(channelId, fact.mid));
    if (known === undefined)
      return this.#bury({ channelId, mid: fact.mid, removed: true, text: null, editNo: 0 });
    if (known.removed) return;
    known.removed = true;
    this.#found.removals.push(known.id);
    const session = this.#sessions.get(key(channelId, fact.customer));
    if (known.direction === 'in' && session?.id === known.sessionId)
      this.#append({ ...arrival, session }, { kind: 'customer_message_removed', ofSeq: known.seq });
  }

  #bury(tombstone: Tombstone): void {
    const place = key(tombstone.channelId, tombstone.mid);
    const before = this.#tombstones.get(place);
    const removed = tombstone.removed || before?.removed === true;
    const newest = before !== undefined && before.editNo > tombstone.editNo ? before : tombstone;
    this.#tombstones.set(place, { ...newest, removed });
    this.#found.tombstones.push(tombstone);
  }

  #append({ session, receivedAt }: Context, fact: JournalFact): number {
    session.lastSeq += 1;
    const { id: sessionId, lastSeq: seq } = session;
    this.#found.entries.push({ sessionId, seq, at: receivedAt, fact });
    return seq;
  }

  #insert(
    { session, channelId, receivedAt }: Context,
    fact: MessageFact | EchoFact,
    of: Pick<NewMessage, 'id' | 'seq' | 'direction' | 'author'>,
  ): void {
    const { mid } = fact;
    const tombstone = this.#tombstones.get(key(channelId, mid));
    const removed = tombstone?.removed === true;
    const editNo = tombstone?.editNo ?? 0;
    const text = editNo > 0 ? (tombstone?.text ?? null) : fact.text;
    this.#found.messages.push({
      ...of,
      sessionId: session.id,
      channelId,
      mid,
      text: removed ? null : text,
      attachments: removed ? [] : fact.attachments,
      occurredAt: moment(fact.occurredAt),
      receivedAt,
      editNo,
      removedAt: removed ? receivedAt : null,
    });
    const known: KnownMessage = {
      ...of,
      sessionId: session.id,
      channelId,
      mid,
      state: of.direction === 'in' ? 'received' : 'sent',
      editNo,
      removed,
    };
    this.#byMid.set(key(channelId, mid), known);
    this.#byId.set(of.id, known);
  }

  #preview(
    { session, receivedAt }: Context,
    fact: MessageFact | EchoFact,
    previewBy: 'customer' | 'page',
  ): void {
    const preview = fact.text?.slice(0, PREVIEW_LENGTH).toWellFormed() ?? null;
    this.#touch(session, { lastMessageAt: receivedAt, preview, previewBy });
  }

  #touch(session: KnownSession, change: Omit<SessionTouch, 'sessionId'>): void {
    const before = this.#touches.get(session.id) ?? { sessionId: session.id };
    this.#touches.set(session.id, mergeTouch(before, change));
  }
}

/** Times only move forward; the preview is the last message's. */
function mergeTouch(before: SessionTouch, change: Omit<SessionTouch, 'sessionId'>): SessionTouch {
  const merged: SessionTouch = { ...before, ...change };
  for (const name of ['lastCustomerAt', 'windowFrom', 'deliveredUpTo', 'seenUpTo'] as const) {
    const newest = later(before[name] ?? null, change[name] ?? null);
    if (newest !== null) merged[name] = newest;
  }
  return merged;
}

function keyed<One extends { channelId: ChannelId }>(
  all: readonly One[],
  part: (one: One) => string,
): Map<string, One> {
  return new Map(all.map((one) => [key(one.channelId, part(one)), { ...one }]));
}

function key(channelId: ChannelId, part: string): string {
  return `${channelId}/${part}`;
}

function later<When extends Date | null>(a: Date | null, b: When): Date | When {
  return a !== null && (b === null || a > b) ? a : b;
}

function moment(at: number | null): Date {
  return new Date(at ?? 0);
}
