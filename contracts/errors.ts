/** All that the API can refuse, in one table: code → HTTP status → what it means and what to do. */
import { z } from 'zod';
import type { RefusalCode } from '#domain/refusal.ts';
import { agentRef } from './agent.ts';

type Meaning = { status: number; message: string };

/** What a session answers to a command that it does not follow. */
const refusals = {
  TAKEN: { status: 409, message: 'Somebody else is in charge by now. Your text was not sent.' },
  NEW_MESSAGE: { status: 409, message: 'The customer wrote meanwhile. Read it, then try again.' },
  SESSION_DONE: { status: 409, message: 'The session is done. Reopen it first.' },
  EXPIRED: { status: 409, message: 'This took too long to be carried out. Try again.' },
  NOT_IN_TEAM: { status: 409, message: 'This person is not of the team of the channel.' },
  NOBODY_AVAILABLE: {
    status: 409,
    message: 'Nobody of this group can take it now. Choose a person, or another group.',
  },
  NOTHING_TO_RETRY: { status: 409, message: 'This message did not fail and is not unconfirmed.' },
} satisfies Record<RefusalCode, Meaning>;

const problems = {
  INVALID: { status: 400, message: 'The request is not as it should be.' },
  SIGN_IN: { status: 401, message: 'Sign in, or send a valid API token.' },
  WRONG_LOGIN: { status: 401, message: 'The e-mail address or the password is wrong.' },
  WRONG_SIGNATURE: { status: 401, message: 'X-Hub-Signature-256 does not fit the body.' },
  NOT_YOURS: { status: 403, message: 'Only who wrote it and admins may do this.' },
  FORBIDDEN: { status: 403, message: 'You may see this, but not act on it.' },
  ADMINS_ONLY: { status: 403, message: 'Only the workspace owner and admins may do this.' },
  OWNERS_ONLY: { status: 403, message: 'Only an owner may change owners, or make one.' },
  WRONG_ORIGIN: {
    status: 403,
    message:
      'This came from the page of another site, or PUBLIC_URL is not the address that you use.',
  },
  WRONG_VERIFY_TOKEN: { status: 403, message: 'The verify token is not META_VERIFY_TOKEN.' },
  NOT_FOUND: { status: 404, message: 'There is nothing here, or you may not see it.' },
  IDEMPOTENCY_MISMATCH: {
    status: 409,
    message: 'This Idempotency-Key was used for another request. Use a new one.',
  },
  STALE_SETTINGS: {
    status: 409,
    message: 'Somebody else saved these settings meanwhile. Load them again.',
  },
  NAME_TAKEN: { status: 409, message: 'There is one of this name already. Choose another.' },
  LAST_OWNER: {
    status: 409,
    message: 'A workspace needs an owner. Make somebody else owner first.',
  },
  LINK_USED: {
    status: 409,
    message: 'This link was used already, or it has expired. Ask for a new one.',
  },
  NOT_REPLAYABLE: {
    status: 409,
    message: 'Nothing of this delivery is parked, or its body was deleted already.',
  },
  TOO_LARGE: { status: 413, message: 'The body is too large.' },
  NOT_JSON: { status: 415, message: 'Send JSON, with Content-Type: application/json.' },
  WINDOW_CLOSED: {
    status: 422,
    message: "The platform's messaging window is closed. It opens when the customer writes.",
  },
  TEXT_TOO_LONG: { status: 422, message: 'The text is longer than the platform allows.' },
  TOO_MANY_REQUESTS: { status: 429, message: 'Too many tries. Wait a minute.' },
  INTERNAL: { status: 500, message: 'Something went wrong on our side. It has been logged.' },
  UNAVAILABLE: { status: 503, message: 'The database cannot be reached. Try again shortly.' },
} satisfies Record<string, Meaning>;

const table = { ...refusals, ...problems };

export type ErrorCode = keyof typeof table;

// Object.keys forgets which keys there are.
const codes = Object.keys(table) as [ErrorCode, ...ErrorCode[]];

export const errorCode = z.enum(codes);

/** @returns the HTTP status and the words of a code */
export function meaningOf(code: ErrorCode): Meaning {
  return table[code];
}

export type ErrorDetail = Omit<z.infer<typeof errorAnswer>['error'], 'code' | 'message'>;

/** Thrown where a request cannot be followed; becomes the answer with its code (api/plugins/errors.ts). */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, detail: ErrorDetail & { message?: string } = {}) {
    const { message, ...rest } = detail;
    super(message ?? table[code].message);
    this.code = code;
    this.detail = rest;
  }
}

/** The one shape of every answer that is not a success. */
export const errorAnswer = z
  .strictObject({
    error: z.strictObject({
      code: errorCode,
      message: z.string(),
      /** The field of the request that is wrong, as a path: `deadline.warnBeforeSeconds`. */
      field: z.string().optional(),
      /** TAKEN: who is in charge by now; null = nobody. */
      assignee: agentRef.nullable().optional(),
      /** The text of a refused reply, to be kept in the composer. */
      text: z.string().optional(),
    }),
  })
  .meta({ id: 'Error' });
