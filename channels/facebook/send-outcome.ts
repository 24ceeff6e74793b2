/** From Meta's answer to a send to what became of the message. */
import { DAY, MINUTE, SECOND } from '#domain/instant.ts';
import type { SendOutcome } from '#channels/channel.ts';
import { meaningOf } from '#channels/facebook/errors.ts';
import { describeError, readGraphError, type GraphError } from '#channels/facebook/graph-error.ts';
import type { GraphAnswer } from '#channels/facebook/http.ts';
import { asObject, asText, field } from '#channels/json.ts';

type Answer = Extract<GraphAnswer, { kind: 'answer' }>;

/** Only a refusal that Meta states in so many words is one; whatever leaves room for doubt is unknown. */
export function sendOutcomeOf(answer: GraphAnswer, asset: string): SendOutcome {
  if (answer.kind === 'lost') return { kind: 'unknown', detail: answer.detail };
  if (answer.kind === 'unreachable') {
    return { kind: 'later', retryAfterMs: UNREACHABLE_BACK_OFF, detail: answer.detail };
  }
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    const mid = asText(field(body, 'message_id'));
    return mid === null
      ? { kind: 'unknown', detail: `HTTP ${status} without a message_id` }
      : { kind: 'sent', mid };
  }
  const error = readGraphError(body);
  if (status < 400 || status >= 500 || error === null) {
    const what = error === null ? 'no Graph error' : describeError(error);
    return { kind: 'unknown', detail: `HTTP ${status}, ${what}` };
  }
  return outcomeOfError(error, answer, asset);
}

function outcomeOfError(error: GraphError, answer: Answer, asset: string): SendOutcome {
  const detail = `HTTP ${answer.status}, ${describeError(error)}`;
  const meaning = meaningOf(error.code, error.subcode);
  // Before is_transient: rate limits carry that mark too, and are refused before anything is sent.
  if (meaning === 'later') {
    return { kind: 'later', retryAfterMs: backOffOf(answer.headers, asset), detail };
  }
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
