/** From facts to findings: what is new, what is known already, and which place in the journal it gets. Pure. */
import type { EchoFact, Fact, MessageFact } from '#channels/channel.ts';
import { newId } from '#db/ids.ts';
import type { KnownMessage, KnownSession, Tombstone } from '#db/ingest.ts';
import {
  PREVIEW_LENGTH,
  type Findings,
  type NewMessage,
  type SessionTouch,
} from '#db/ingest-write.ts';
import { echoAuthor } from '#domain/echo.ts';
import type { ChannelId, MessageId } from '#domain/ids.ts';
import type { Fact as JournalFact } from '#domain/session/entry.ts';
import { key, keyed, later, mergeTouch, moment, type Arrival, type Known } from './known.ts';
import { newMessage, type Place } from './new-message.ts';

type Context = Arrival & { session: KnownSession };

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
    const message = this.#insert(context, fact, { id, seq, direction: 'in', author: 'customer' });
    const { occurredAt } = message;
    this.#touch(context.session, { lastCustomerAt: occurredAt, windowFrom: occurredAt });
    this.#preview(context, message, 'customer');
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
    const message = this.#insert(context, fact, {
      id,
      seq,
      direction: 'out',
      author: isStaff ? 'elsewhere' : 'other_app',
    });
    this.#preview(context, message, 'page');
  }

  /** The platform shows a message of ours: it was sent, whatever the answer to the call said. */
  #accepted(context: Context, fact: EchoFact, ours: KnownMessage): void {
    const isOurs = ours.author === 'agent' || ours.author === 'system';
    // Sent again by a person's choice and arrived twice: the thread shows it once.
    const isSecondCopy = ours.mid !== null && ours.mid !== fact.mid;
    if (!isOurs || ours.channelId !== context.channelId || isSecondCopy) return;
    const wasKnown = ACCEPTED.has(ours.state);
    if (!wasKnown) ours.state = 'sent';
    ours.mid = fact.mid;
    this.#byMid.set(key(ours.channelId, fact.mid), ours);
    const occurredAt = moment(fact.occurredAt);
    this.#found.accepted.push({ messageId: ours.id, mid: fact.mid, occurredAt });
    const tombstone = this.#tombstones.get(key(ours.channelId, fact.mid));
    if (tombstone !== undefined) this.#edit(ours, tombstone);
    if (tombstone?.removed === true) this.#remove(ours);
    if (wasKnown) return;
    this.#append(context, {
      kind: 'send_outcome',
      send: { messageId: ours.id, attempt: null, result: { is: 'sent' } },
    });
  }

  #edited(channelId: ChannelId, fact: Fact & { type: 'edited' }): void {
    const { mid, text, editNo } = fact;
    const known = this.#byMid.get(key(channelId, mid));
    if (known === undefined) this.#bury({ channelId, mid, removed: false, text, editNo });
    else this.#edit(known, { text, editNo });
  }

  #edit(known: KnownMessage, { text, editNo }: Pick<Tombstone, 'text' | 'editNo'>): void {
    if (editNo <= known.editNo) return;
    known.editNo = editNo;
    const { id: messageId, sessionId } = known;
    // What was taken back stays gone; only the number tells that there was an edit, whichever came first.
    this.#found.edits.push({ messageId, sessionId, text: known.removed ? null : text, editNo });
  }

  #removed(arrival: Arrival, fact: Fact & { type: 'removed' }): void {
    const { channelId } = arrival;
    const known = this.#byMid.get(key(channelId, fact.mid));
    if (known === undefined)
      return this.#bury({ channelId, mid: fact.mid, removed: true, text: null, editNo: 0 });
    if (known.removed) return;
    this.#remove(known);
    const session = this.#sessions.get(key(channelId, fact.customer));
    if (known.direction === 'in' && session?.id === known.sessionId)
      this.#append({ ...arrival, session }, { kind: 'customer_message_removed', ofSeq: known.seq });
  }

  #remove(known: KnownMessage): void {
    if (known.removed) return;
    known.removed = true;
    this.#found.removals.push({ messageId: known.id, sessionId: known.sessionId });
  }

  #bury(tombstone: Tombstone): void {
    const place = key(tombstone.channelId, tombstone.mid);
    const before = this.#tombstones.get(place);
    const removed = tombstone.removed || before?.removed === true;
    const newest = before !== undefined && before.editNo >= tombstone.editNo ? before : tombstone;
    this.#tombstones.set(place, { ...newest, removed });
    this.#found.tombstones.push(tombstone);
  }

  #append({ session, receivedAt }: Context, fact: JournalFact): number {
    session.lastSeq += 1;
    const { id: sessionId, lastSeq: seq } = session;
    this.#found.entries.push({ sessionId, seq, at: receivedAt, fact });
    return seq;
  }

  #insert(context: Context, fact: MessageFact | EchoFact, of: Place): NewMessage {
    const { channelId } = context;
    const message = newMessage(context, fact, {
      ...of,
      tombstone: this.#tombstones.get(key(channelId, fact.mid)),
    });
    const known: KnownMessage = {
      ...message,
      state: of.direction === 'in' ? 'received' : 'sent',
      removed: message.removedAt !== null,
    };
    this.#found.messages.push(message);
    this.#byMid.set(key(channelId, fact.mid), known);
    this.#byId.set(of.id, known);
    return message;
  }

  #preview(
    { session, receivedAt }: Context,
    message: NewMessage,
    previewBy: 'customer' | 'page',
  ): void {
    if (message.removedAt !== null) return;
    const preview = message.text?.slice(0, PREVIEW_LENGTH).toWellFormed() ?? null;
    this.#touch(session, { lastMessageAt: receivedAt, preview, previewBy });
  }

  #touch(session: KnownSession, change: Omit<SessionTouch, 'sessionId'>): void {
    const before = this.#touches.get(session.id) ?? { sessionId: session.id };
    this.#touches.set(session.id, mergeTouch(before, change));
  }
}
