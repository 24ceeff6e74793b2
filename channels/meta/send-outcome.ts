/** From Meta's answer to a send to what became of the message. */
import { DAY, MINUTE, SECOND } from '#domain/instant.ts';
import type { SendOutcome } from '#channels/channel.ts';
import { meaningOf, type ErrorMeaning } from '#channels/meta/errors.ts';
import { describeError, readGraphError, type GraphError } from '#channels/meta/graph-error.ts';
import type { GraphAnswer } from '#channels/meta/http.ts';
import { asObject, asText, field } from '#channels/json.ts';

type Answer = Extract<GraphAnswer, { kind: 'answer' }>;

/** Where an accepted call's answer names what it made, and codes that mean something else than in the common table. */
type CallKind = { idField: string; meanings: ReadonlyMap<string, ErrorMeaning> };

const MESSAGE: CallKind = { idField: 'message_id', meanings: new Map() };

const COMMENT: CallKind = {
  idField: 'id',
  meanings: new Map<string, ErrorMeaning>([
    // "An identical comment": it was refused, and says that these words stand there.
    ['506', 'duplicate'],
    // The comment, or the post with it, was deleted.
    ['100/33', 'comment_gone'],
  ]),
};

/** Only a refusal that Meta states in so many words is one; whatever leaves room for doubt is unknown. */
export function sendOutcomeOf(answer: GraphAnswer, asset: string): SendOutcome {
  return outcomeOf(answer, asset, MESSAGE);
}

/** The same for a public answer to a comment. */
export function commentOutcomeOf(answer: GraphAnswer, asset: string): SendOutcome {
  return outcomeOf(answer, asset, COMMENT);
}

function outcomeOf(answer: GraphAnswer, asset: string, kind: CallKind): SendOutcome {
  if (answer.kind === 'lost') return { kind: 'unknown', detail: answer.detail };
  if (answer.kind === 'unreachable') {
    return { kind: 'later', retryAfterMs: UNREACHABLE_BACK_OFF, detail: answer.detail };
  }
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    const mid = asText(field(body, kind.idField));
    return mid === null
      ? { kind: 'unknown', detail: `HTTP ${status} without ${kind.idField}` }
      : { kind: 'sent', mid };
  }
  const error = readGraphError(body);
  if (status < 400 || status >= 500 || error === null) {
    const what = error === null ? 'no Graph error' : describeError(error);
    return { kind: 'unknown', detail: `HTTP ${status}, ${what}` };
  }
  const meaning =
    kind.meanings.get(`${error.code}/${error.subcode}`) ??
    kind.meanings.get(`${error.code}`) ??
    meaningOf(error.code, error.subcode);
  return outcomeOfError({ ...error, meaning }, answer, asset);
}

type Understood = GraphError & { meaning: ErrorMeaning | null };

function outcomeOfError(error: Understood, answer: Answer, asset: string): SendOutcome {
  const detail = `HTTP ${answer.status}, ${describeError(error)}`;
  const { meaning } = error;
  // Before is_transient: rate limits carry that mark too, and are refused before anything is sent.
  if (meaning === 'later') {
    return { kind: 'later', retryAfterMs: backOffOf(answer.headers, asset), detail };
  }
  if (meaning === 'duplicate') return { kind: 'duplicate', detail };
  if (meaning === 'unknown' || error.isTransient) return { kind: 'unknown', detail };
  return { kind: 'refused', reason: meaning ?? 'invalid_request', detail };
}

const UNREACHABLE_BACK_OFF = 10 * SECOND;
const RATE_LIMIT_BACK_OFF = 60 * SECOND;
const LONGEST_BACK_OFF = DAY;

/**
 * How long Meta asks to stay away; calling on would lengthen it.
 * Source: https://developers.facebook.com/docs/graph-api/overview/rate-limiting#headers-2 (minutes)
 * @returns ms, from one minute to one day
 */
export function backOffOf(headers: Headers, asset: string): number {
  const usage = readUsage(headers.get('x-business-use-case-usage'));
  // Keyed by business: our own where it is named, else the strictest of those there are.
  const entries = Object.hasOwn(usage, asset) ? [usage[asset]] : Object.values(usage);
  const minutes = entries
    .flat()
    .map((entry) => field(entry, 'estimated_time_to_regain_access'))
    .filter((value) => typeof value === 'number');
  return Math.min(
    Math.max(RATE_LIMIT_BACK_OFF, ...minutes.map((m) => m * MINUTE)),
    LONGEST_BACK_OFF,
  );
}

function readUsage(header: string | null): { readonly [business: string]: unknown } {
  try {
    return asObject(JSON.parse(header ?? '{}')) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
