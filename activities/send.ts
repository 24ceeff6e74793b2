import type { Credentials, ReadBackMessage, SendOutcome } from '#channels/channel.ts';
import type { ChannelClients } from '#channels/index.ts';
import type { Db } from '#db/database.ts';
import type { WakeChannel } from '#db/notify.ts';
import type { SecretBox } from '#db/secrets.ts';
import { claimAttempt, type AttemptKey, type Claimed } from '#db/claiming.ts';
import {
  knownMids,
  lapsedAttempt,
  readDoubtful,
  reportAttempt,
  type LookedFor,
  type Report,
} from '#db/sending.ts';
import type { MessageId, SessionId } from '#domain/ids.ts';
import { SECOND } from '#domain/instant.ts';

export type SendDeps = {
  db: Db;
  clients: ChannelClients;
  secretBox: SecretBox;
  waker: { wake: (channel: WakeChannel) => void };
  now: () => number;
};

/** Meta's clock and ours may differ by this much when a message is recognised by its time. */
const CLOCK_TOLERANCE_MS = 5 * SECOND;

/**
 * One call to the platform for one recorded attempt. Idempotent by (message, attempt): only who claims it calls, and
 * what became of it goes to the journal. Throws only when the database cannot be reached.
 */
export async function sendMessage(deps: SendDeps, key: AttemptKey): Promise<void> {
  const claimed = await claimAttempt(deps.db, key);
  if (claimed === null) return settleAttempt(deps, key);
  await report(deps, key, toReport(await call(deps, key, claimed), deps.now()));
}

async function call(deps: SendDeps, key: AttemptKey, claimed: Claimed): Promise<SendOutcome> {
  const { platform, recipient, text } = claimed;
  let by: Credentials;
  try {
    by = credentials(deps, claimed);
  } catch {
    // Only the secret box throws here. Nothing was sent, and that is certain.
    return { kind: 'refused', reason: 'token_invalid', detail: 'SECRET_KEY does not open it' };
  }
  return deps.clients.of(platform).sendText(by, { recipient, text, metadata: key.messageId });
}

/** Settles an attempt of which nobody reported in time, from what was recorded of it. Idempotent like any report. */
export async function settleAttempt(deps: SendDeps, key: AttemptKey): Promise<void> {
  const result = await lapsedAttempt(deps.db, key);
  if (result !== null) await report(deps, key, { result, mid: null, detail: 'no report in time' });
}

/** Looks whether a doubtful message stands in the conversation. Reading twice harms nobody. */
export async function lookForMessage(
  deps: SendDeps,
  { sessionId, messageId }: { sessionId: SessionId; messageId: MessageId },
): Promise<void> {
  const doubtful = await readDoubtful(deps.db, messageId);
  if (doubtful === null) return;
  const key = { sessionId, messageId, attempt: doubtful.attempt };
  const mid = await findInConversation(deps, doubtful);
  await report(deps, key, {
    result: mid === null ? { is: 'not_shown' } : { is: 'sent' },
    mid,
    detail: 'conversation read back',
  });
}

async function findInConversation(deps: SendDeps, doubtful: LookedFor): Promise<string | null> {
  const client = deps.clients.of(doubtful.platform);
  const read = await client.readConversation(credentials(deps, doubtful), doubtful.recipient);
  if (read.kind === 'unreadable') return null;
  const earliest = doubtful.claimedAt.getTime() - CLOCK_TOLERANCE_MS;
  const isOurs = (message: ReadBackMessage) =>
    message.fromAsset && message.text === doubtful.text && message.createdAt >= earliest;
  const candidates = read.messages.filter(isOurs).map((message) => message.mid);
  const known = await knownMids(deps.db, doubtful.channelId, candidates);
  // The oldest unmatched one: a later one with the same words belongs to a later message.
  return candidates.findLast((mid) => !known.has(mid)) ?? null;
}

async function report(deps: SendDeps, key: AttemptKey, what: Report): Promise<void> {
  await reportAttempt(deps.db, key, what);
  deps.waker.wake('journal');
  deps.waker.wake('change');
}

function toReport(outcome: SendOutcome, now: number): Report {
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
