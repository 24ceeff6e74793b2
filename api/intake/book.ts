/** What a batch has found so far, on top of what was known before: looked up and written by the plan. */
import type { KnownMessage, KnownSession, Tombstone } from '#db/ingest.ts';
import type { NamelessMessage, ThreadCustomer } from '#db/ingest-threads.ts';
import {
  PREVIEW_LENGTH,
  type Findings,
  type NewMessage,
  type SessionTouch,
} from '#db/ingest-write.ts';
import { ACCEPTED } from '#domain/accepted.ts';
import type { ChannelId, SessionId } from '#domain/ids.ts';
import type { Fact as JournalFact } from '#domain/session/entry.ts';
import { conversationKey, conversationOf } from './conversation.ts';
import { key, keyed, mergeTouch, moment, type Arrival, type Known } from './known.ts';
import { newMessage, type Content, type Place } from './new-message.ts';

/** A fact with the session that it is about. */
export type Context = Arrival & { session: KnownSession };

/** A message or comment as the platform shows it; of a comment with its post. */
type Shown = { mid: string; post?: { id: string } };

export class Book {
  readonly #sessions: Map<string, KnownSession>;
  readonly #sessionsById: Map<SessionId, KnownSession>;
  readonly #byMid: Map<string, KnownMessage>;
  readonly #byId: Map<string, KnownMessage>;
  readonly #tombstones: Map<string, Tombstone>;
  readonly #touches = new Map<string, SessionTouch>();
  readonly nameless: NamelessMessage[];
  readonly participants: ThreadCustomer[];
  readonly found: Omit<Findings, 'touches'> = {
    messages: [],
    entries: [],
    accepted: [],
    edits: [],
    removals: [],
    tombstones: [],
    early: [],
    posts: [],
    items: [],
  };

  constructor(known: Known) {
    this.#sessions = keyed(known.sessions, conversationKey);
    this.#sessionsById = new Map([...this.#sessions.values()].map((one) => [one.id, one]));
    this.#byMid = keyed(known.messages, (one) => one.mid ?? one.id);
    this.#byId = new Map([...this.#byMid.values()].map((one) => [one.id, one]));
    this.#tombstones = keyed(known.tombstones, (one) => one.mid);
    this.nameless = known.nameless.map((one) => ({ ...one }));
    this.participants = [...known.participants];
  }

  findings(): Findings {
    return { ...this.found, touches: [...this.#touches.values()] };
  }

  sessionFor({ channelId, fact }: Arrival): KnownSession | undefined {
    const conversation = conversationOf(channelId, fact);
    if (conversation === null) return undefined;
    return this.#sessions.get(key(channelId, conversationKey(conversation)));
  }

  session(id: SessionId): KnownSession | undefined {
    return this.#sessionsById.get(id);
  }

  byMid(channelId: ChannelId, mid: string): KnownMessage | undefined {
    return this.#byMid.get(key(channelId, mid));
  }

  byId(id: string | null): KnownMessage | undefined {
    return id === null ? undefined : this.#byId.get(id);
  }

  tombstone(channelId: ChannelId, mid: string): Tombstone | undefined {
    return this.#tombstones.get(key(channelId, mid));
  }

  /** What became of a message or comment before we heard of it: edited, or removed, itself or with its post. */
  fateOf(channelId: ChannelId, shown: Shown): Tombstone | undefined {
    const own = this.tombstone(channelId, shown.mid);
    const wentWithPost =
      shown.post !== undefined && this.tombstone(channelId, shown.post.id)?.removed === true;
    if (!wentWithPost) return own;
    return { channelId, mid: shown.mid, removed: true, text: null, editNo: own?.editNo ?? 0 };
  }

  sessionsUnder(channelId: ChannelId, post: string): KnownSession[] {
    return [...this.#sessionsById.values()].filter(
      (one) => one.channelId === channelId && one.kind === 'comment' && one.post === post,
    );
  }

  /** What the platform shows of a comment session. */
  shownIn(sessionId: SessionId): KnownMessage[] {
    return [...this.#byId.values()].filter(
      (one) => one.sessionId === sessionId && one.mid !== null && !one.removed,
    );
  }

  hasCustomersComment(sessionId: SessionId): boolean {
    return this.shownIn(sessionId).some(({ direction }) => direction === 'in');
  }

  /** The platform shows a message of ours: it was sent, whatever the answer to the call said. */
  accepted(arrival: Arrival, shown: Shown & { occurredAt: number }, ours: KnownMessage): void {
    const { channelId } = arrival;
    const isOurs = ours.author === 'agent' || ours.author === 'system';
    // Sent again by a person's choice and arrived twice: the thread shows it once.
    const isSecondCopy = ours.mid !== null && ours.mid !== shown.mid;
    if (!isOurs || ours.channelId !== channelId || isSecondCopy) return;
    const wasKnown = ACCEPTED.includes(ours.state);
    if (!wasKnown) ours.state = 'sent';
    ours.mid = shown.mid;
    this.#byMid.set(key(channelId, shown.mid), ours);
    const occurredAt = moment(shown.occurredAt);
    ours.occurredAt = occurredAt;
    this.found.accepted.push({ messageId: ours.id, mid: shown.mid, occurredAt });
    const tombstone = this.fateOf(channelId, shown);
    if (tombstone !== undefined) this.edit(ours, tombstone);
    if (tombstone?.removed === true) this.remove(ours);
    const session = this.session(ours.sessionId);
    if (wasKnown || session === undefined) return;
    this.append(
      { ...arrival, session },
      { kind: 'send_outcome', send: { messageId: ours.id, attempt: null, result: { is: 'sent' } } },
    );
  }

  edit(known: KnownMessage, { text, editNo }: Pick<Tombstone, 'text' | 'editNo'>): void {
    if (editNo <= known.editNo) return;
    known.editNo = editNo;
    const { id: messageId, sessionId } = known;
    // What was taken back stays gone; only the number tells that there was an edit, whichever came first.
    this.found.edits.push({ messageId, sessionId, text: known.removed ? null : text, editNo });
  }

  remove(known: KnownMessage): void {
    if (known.removed) return;
    known.removed = true;
    this.found.removals.push({ messageId: known.id, sessionId: known.sessionId });
  }

  bury(tombstone: Tombstone): void {
    const place = key(tombstone.channelId, tombstone.mid);
    const before = this.#tombstones.get(place);
    const removed = tombstone.removed || before?.removed === true;
    const newest = before !== undefined && before.editNo >= tombstone.editNo ? before : tombstone;
    this.#tombstones.set(place, { ...newest, removed });
    this.found.tombstones.push(tombstone);
  }

  append({ session, receivedAt }: Context, fact: JournalFact): number {
    session.lastSeq += 1;
    const { id: sessionId, lastSeq: seq } = session;
    this.found.entries.push({ sessionId, seq, at: receivedAt, fact });
    return seq;
  }

  /** A new row of the thread, shown in the list as the session's last message. */
  insert(context: Context, fact: Content, of: Place): NewMessage {
    const { channelId } = context;
    const tombstone = this.fateOf(channelId, fact);
    const message = newMessage(context, fact, { ...of, tombstone });
    const known: KnownMessage = {
      ...message,
      state: of.direction === 'in' ? 'received' : 'sent',
      removed: message.removedAt !== null,
    };
    this.found.messages.push(message);
    this.#byMid.set(key(channelId, fact.mid), known);
    this.#byId.set(of.id, known);
    this.#preview(context, message);
    return message;
  }

  #preview({ session, receivedAt }: Context, message: NewMessage): void {
    if (message.removedAt !== null || message.fromBlocked) return;
    const preview = message.text?.slice(0, PREVIEW_LENGTH).toWellFormed() ?? null;
    const previewBy = message.direction === 'in' ? 'customer' : 'page';
    this.touch(session, { lastMessageAt: receivedAt, preview, previewBy });
  }

  touch(session: KnownSession, change: Omit<SessionTouch, 'sessionId'>): void {
    const before = this.#touches.get(session.id) ?? { sessionId: session.id };
    this.#touches.set(session.id, mergeTouch(before, change));
  }
}
