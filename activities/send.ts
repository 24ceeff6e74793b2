import type { Credentials, ReadBack, ReadBackMessage, SendOutcome } from '#channels/channel.ts';
import type { ChannelClients } from '#channels/index.ts';
import type { Db } from '#db/database.ts';
import type { WakeChannel } from '#db/notify.ts';
import type { SecretBox } from '#db/secrets.ts';
import { claimAttempt, type AttemptKey, type Claimed } from '#db/claiming.ts';
import {
  hadDoubtfulAttempt,
  knownMids,
  lapsedAttempt,
  readDoubtful,
  reportAttempt,
  type LookedFor,
  type Report,
} from '#db/sending.ts';
import type { MessageId, SessionId } from '#domain/ids.ts';
import { isBy, isSameText } from '#domain/recognise.ts';

export type SendDeps = {
  db: Db;
  clients: ChannelClients;
  secretBox: SecretBox;
  waker: { wake: (channel: WakeChannel) => void };
  now: () => number;
};

/**
 * One call to the platform for one recorded attempt. Idempotent by (message, attempt): only who claims it calls, and
 * what became of it goes to the journal. Throws only when the database cannot be reached.
 */
export async function sendMessage(deps: SendDeps, key: AttemptKey): Promise<void> {
  const claimed = await claimAttempt(deps.db, key);
  if (claimed === null) return settleAttempt(deps, key);
  const outcome = await judge(deps, key, await call(deps, key, claimed));
  await report(deps, key, toReport(outcome, deps.now()));
}

async function call(deps: SendDeps, key: AttemptKey, claimed: Claimed): Promise<SendOutcome> {
  const { platform, kind, recipient, replyTo, text } = claimed;
  let by: Credentials;
  try {
    by = credentials(deps, claimed);
  } catch {
    // Only the secret box throws here. Nothing was sent, and that is certain.
    return { kind: 'refused', reason: 'token_invalid', detail: 'SECRET_KEY does not open it' };
  }
  const client = deps.clients.of(platform);
  if (kind === 'message') return client.sendText(by, { recipient, text, metadata: key.messageId });
  if (replyTo === null)
    return { kind: 'refused', reason: 'invalid_request', detail: 'it answers no comment' };
  return client.replyToComment(by, { comment: replyTo, text });
}

/** "The same text stands there": it is this message, if an earlier attempt may have arrived; else it is another one. */
async function judge(
  deps: SendDeps,
  key: AttemptKey,
  outcome: SendOutcome,
): Promise<Exclude<SendOutcome, { kind: 'duplicate' }> | { kind: 'sent'; mid: null }> {
  if (outcome.kind !== 'duplicate') return outcome;
  if (await hadDoubtfulAttempt(deps.db, key)) return { kind: 'sent', mid: null };
  return { kind: 'refused', reason: 'duplicate', detail: outcome.detail };
}

/** Settles an attempt of which nobody reported in time, from what was recorded of it. Idempotent like any report. */
export async function settleAttempt(deps: SendDeps, key: AttemptKey): Promise<void> {
  const result = await lapsedAttempt(deps.db, key);
  if (result !== null) await report(deps, key, { result, mid: null, detail: 'no report in time' });
}

/** Looks whether a doubtful message stands in the conversation, or under its comment. Reading twice harms nobody. */
export async function lookForMessage(
  deps: SendDeps,
  { sessionId, messageId }: { sessionId: SessionId; messageId: MessageId },
): Promise<void> {
  const doubtful = await readDoubtful(deps.db, messageId);
  if (doubtful === null) return;
  const key = { sessionId, messageId, attempt: doubtful.attempt };
  const mid = await findShown(deps, doubtful);
  await report(deps, key, {
    result: mid === null ? { is: 'not_shown' } : { is: 'sent' },
    mid,
    detail: 'read back',
  });
}

async function findShown(deps: SendDeps, doubtful: LookedFor): Promise<string | null> {
  const read = await readBack(deps, doubtful);
  if (read.kind === 'unreadable') return null;
  const handedOverAt = doubtful.claimedAt.getTime();
  const isOurs = ({ fromAsset, text, createdAt }: ReadBackMessage) =>
    fromAsset && isSameText(text, doubtful.text) && isBy(handedOverAt, createdAt);
  const candidates = read.messages.filter(isOurs).map((message) => message.mid);
  const known = await knownMids(deps.db, doubtful.channelId, candidates);
  // The oldest unmatched one: a later one with the same words belongs to a later message.
  return candidates.findLast((mid) => !known.has(mid)) ?? null;
}

function readBack(deps: SendDeps, doubtful: LookedFor): Promise<ReadBack> {
  const { platform, kind, recipient, parent } = doubtful;
  const client = deps.clients.of(platform);
  const by = credentials(deps, doubtful);
  if (kind === 'message') return client.readConversation(by, recipient);
  if (parent === null)
    return Promise.resolve({ kind: 'unreadable', detail: 'it stands under no comment' });
  return client.readReplies(by, parent);
}

async function report(deps: SendDeps, key: AttemptKey, what: Report): Promise<void> {
  await reportAttempt(deps.db, key, what);
  deps.waker.wake('journal');
  deps.waker.wake('change');
}

type Judged = Awaited<ReturnType<typeof judge>>;

function toReport(outcome: Judged, now: number): Report {
  switch (outcome.kind) {
    case 'sent':
      return { result: { is: 'sent' }, mid: outcome.mid, detail: null };
    case 'refused':
      return {
        result: { is: 'failed', reason: outcome.reason },
        mid: null,
        detail: outcome.detail,
      };
    case 'later':
      return {
        result: { is: 'later', notBefore: now + outcome.retryAfterMs },
        mid: null,
        detail: outcome.detail,
      };
    case 'unknown':
      return { result: { is: 'unknown' }, mid: null, detail: outcome.detail };
  }
}

function credentials(deps: SendDeps, claimed: Claimed): Credentials {
  return { asset: claimed.asset, token: deps.secretBox.open(claimed.tokenCipher) };
}
