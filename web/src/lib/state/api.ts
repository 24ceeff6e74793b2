import type { ErrorCode } from '#contracts/errors.ts';

type Agent = { id: string; name: string };
/** OFFLINE: no answer came, so nobody knows whether the request did. */
export type TroubleCode = ErrorCode | 'OFFLINE';

/** A request that did not succeed. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: TroubleCode;
  readonly assignee: Agent | null;
  readonly text: string | null;

  constructor(
    code: TroubleCode,
    detail: { message?: string; assignee?: Agent | null; text?: string } = {},
  ) {
    super(detail.message ?? code);
    this.code = code;
    this.assignee = detail.assignee ?? null;
    this.text = detail.text ?? null;
  }

  /** Asking again may well succeed, and with the same key does no harm. */
  get mayPass(): boolean {
    return ['OFFLINE', 'UNAVAILABLE', 'INTERNAL', 'TOO_MANY_REQUESTS'].includes(this.code);
  }
}

const TIME_LIMIT_MS = 15_000;

type Options = {
  body?: unknown;
  /** The same key again is the same request. */
  key?: string;
  /** Answer as soon as it is stored, without waiting for what becomes of it. */
  isAsync?: boolean;
};

/** Asks our API. @throws ApiError */
export async function api<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await fetchAnswer(method, path, options);
  if (response.ok)
    return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  const answer = (await response.json().catch(() => null)) as {
    error: { code: ErrorCode; message: string; assignee?: Agent | null; text?: string };
  } | null;
  if (answer === null) throw new ApiError(response.status >= 500 ? 'UNAVAILABLE' : 'INTERNAL');
  throw new ApiError(answer.error.code, answer.error);
}

async function fetchAnswer(method: string, path: string, options: Options): Promise<Response> {
  const { body, key, isAsync = false } = options;
  try {
    return await fetch(`/api${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(isAsync ? { prefer: 'respond-async' } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
  } catch {
    throw new ApiError('OFFLINE');
  }
}

/** The part of an address after `?`, without what is not given. */
export function searchOf(given: Record<string, string | boolean | null | undefined>): string {
  const pairs = Object.entries(given).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, String(value)]],
  );
  return new URLSearchParams(pairs).toString();
}

/** New for every request. `crypto.randomUUID` exists on https and localhost only. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
