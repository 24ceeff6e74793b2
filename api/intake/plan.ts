/** From facts to findings: what is new, what is known already, and which place in the journal it gets. Pure. */
import type { CommentFact, EchoFact, Fact, MessageFact } from '#channels/channel.ts';
import { newId } from '#db/ids.ts';
import type { KnownSession } from '#db/ingest.ts';
import type { Findings } from '#db/ingest-write.ts';
import { echoAuthor } from '#domain/echo.ts';
import type { MessageId } from '#domain/ids.ts';
import { opensWindow } from '#domain/messaging-window.ts';
import { Book, type Context } from './book.ts';
import { rootOf } from './conversation.ts';
import { later, moment, type Arrival, type Known } from './known.ts';
import { takeOwnComment } from './own-comment.ts';
import { isNamelessEcho, shownOurs } from './recognise.ts';
import { takePostRemoval, takeRemoval } from './removals.ts';

/** What the arrivals mean, taken one after the other; those that repeat what is known mean nothing. */
export function planIngest(arrivals: readonly Arrival[], known: Known): Findings {
  const book = new Book(known);
  for (const arrival of arrivals) {
    noteItem(book, arrival);
    take(book, arrival, known);
  }
  return book.findings();
}

function noteItem(book: Book, arrival: Arrival): void {
  const { fact, deliveryId, index } = arrival;
  if (deliveryId === null) return;
  const isIgnored = fact.type === 'ignored';
  book.found.items.push({
    deliveryId,
    index,
    state: isIgnored ? 'ignored' : 'done',
    name: isIgnored ? fact.name : fact.type,
    error: null,
    customerId: book.sessionFor(arrival)?.customerId ?? null,
  });
}

function take(book: Book, arrival: Arrival, known: Known): void {
  const { fact, channelId } = arrival;
  const session = book.sessionFor(arrival);
  switch (fact.type) {
    case 'edited':
      return edited(book, arrival, fact);
    case 'removed':
      return takeRemoval(book, arrival, fact);
    case 'post_removed':
      return takePostRemoval(book, arrival, fact);
    case 'own_comment':
      book.found.posts.push({ channelId, ...fact.post });
      return takeOwnComment(book, arrival, fact);
    case 'post': {
      const { id, text, permalink } = fact;
      return void book.found.posts.push({ channelId, id, text, permalink });
    }
    case 'ignored':
      return;
    default:
      if (session !== undefined) takeIn(book, { ...arrival, session }, known);
  }
}

function takeIn(book: Book, context: Context, known: Known): void {
  const { fact, session, channelId } = context;
  switch (fact.type) {
    case 'message':
      return customerMessage(book, context, fact);
    case 'comment':
      book.found.posts.push({ channelId, ...fact.post });
      return customerMessage(book, context, fact);
    case 'echo':
      return echo(book, context, { fact, known });
    case 'delivered':
      return book.touch(session, { deliveredUpTo: moment(fact.watermark) });
    case 'read':
      return book.touch(session, { seenUpTo: readUpTo(book, context, fact) });
    case 'reaction':
      // R26: a reaction renews the messaging window; taking one back does not.
      if (fact.reaction === null) return;
      return book.touch(session, { windowFrom: moment(fact.occurredAt) });
    default:
      return;
  }
}

/** Instagram names the last message that was read; one that is not known says nothing. */
function readUpTo(book: Book, { channelId }: Context, fact: Fact & { type: 'read' }): Date {
  if (fact.watermark !== null || fact.mid === null) return moment(fact.watermark);
  return book.byMid(channelId, fact.mid)?.occurredAt ?? moment(null);
}

function customerMessage(book: Book, context: Context, fact: MessageFact | CommentFact): void {
  const { channelId, session } = context;
  if (book.byMid(channelId, fact.mid) !== undefined) return;
  const id = newId<MessageId>();
  const isRemoved = book.fateOf(channelId, fact)?.removed === true;
  // What was taken back before it came starts no clock, nor does what a blocked customer writes (R62): it gets no
  // place of its own in the journal.
  const seq =
    isRemoved || session.blocked
      ? session.lastSeq
      : book.append(context, { kind: 'customer_message', messageId: id });
  const { occurredAt } = book.insert(context, fact, {
    id,
    seq,
    direction: 'in',
    author: 'customer',
  });
  book.touch(session, {
    lastCustomerAt: occurredAt,
    ...(opensWindow(session.kind) ? { windowFrom: occurredAt } : {}),
  });
  session.lastCustomerAt = later(session.lastCustomerAt, occurredAt);
  if (fact.type === 'comment' && !isRemoved) joinThread(book, context, fact);
}

function joinThread(book: Book, { channelId, session }: Context, fact: CommentFact): void {
  book.participants.push({
    channelId,
    root: rootOf(fact),
    sessionId: session.id,
    externalId: session.externalId,
    username: fact.username,
    at: moment(fact.occurredAt),
  });
}

function echo(
  book: Book,
  context: Context,
  { fact, known }: { fact: EchoFact; known: Known },
): void {
  const { session, channelId } = context;
  const isOursByApp = fact.appId === null || fact.appId === known.ourAppId;
  const ours =
    book.byId(fact.metadata) ??
    book.byMid(channelId, fact.mid) ??
    (isNamelessEcho(context) && isOursByApp ? shownHere(book, session, fact) : null);
  if (ours !== null) return book.accepted(context, fact, ours);
  const author = echoAuthor({
    appId: fact.appId,
    ourAppId: known.ourAppId,
    inboxAppIds: known.inboxAppIds,
    occurredAt: fact.occurredAt,
    lastCustomerEventAt: session.lastCustomerAt?.getTime() ?? null,
  });
  const isStaff = author === 'staff elsewhere';
  const id = newId<MessageId>();
  const seq = book.append(context, {
    kind: 'foreign_message',
    messageId: id,
    answer: isStaff,
    sentAt: fact.occurredAt,
  });
  book.insert(context, fact, {
    id,
    seq,
    direction: 'out',
    author: isStaff ? 'elsewhere' : 'other_app',
  });
}

function shownHere(book: Book, session: KnownSession, fact: EchoFact) {
  const here = book.nameless.filter((one) => one.sessionId === session.id && one.parent === null);
  const ours = shownOurs(here, fact);
  if (ours !== null) book.nameless.splice(book.nameless.indexOf(ours), 1);
  return ours;
}

function edited(book: Book, { channelId }: Arrival, fact: Fact & { type: 'edited' }): void {
  const { mid, text, editNo } = fact;
  const known = book.byMid(channelId, mid);
  if (known === undefined) book.bury({ channelId, mid, removed: false, text, editNo });
  else book.edit(known, { text, editNo });
}
