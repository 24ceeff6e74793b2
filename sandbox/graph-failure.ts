/** Refusals of the Graph API, in Meta's words and numbers. */
import { newTraceId } from '#sandbox/ids.ts';

export type GraphErrorBody = {
  message: string;
  type: string;
  code: number;
  error_subcode?: number;
  is_transient?: boolean;
};

export class GraphFailure extends Error {
  override name = 'GraphFailure';
  readonly error: GraphErrorBody;
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(error: GraphErrorBody, status = 400, headers: Record<string, string> = {}) {
    super(error.message);
    this.error = error;
    this.status = status;
    this.headers = headers;
  }

  /** The answer's body. Each has a trace id of its own. */
  body(): unknown {
    return { error: { ...this.error, fbtrace_id: newTraceId() } };
  }
}

const exception = (message: string, code: number, error_subcode?: number): GraphErrorBody => ({
  message,
  type: 'OAuthException',
  code,
  ...(error_subcode === undefined ? {} : { error_subcode }),
});

/** Each is made where it is thrown, so that the stack tells where. */
export const failures = {
  badToken: () =>
    new GraphFailure(exception('Invalid OAuth access token - Cannot parse access token', 190)),
  badProof: () =>
    new GraphFailure(exception('Invalid appsecret_proof provided in the API argument', 100)),
  noObject: (id: string) =>
    new GraphFailure({
      message: `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
      type: 'GraphMethodException',
      code: 100,
      error_subcode: 33,
    }),
  badParameter: (message: string) => new GraphFailure(exception(`(#100) ${message}`, 100)),
  noPerson: () => new GraphFailure(exception('(#100) No matching user found', 100, 2_018_001)),
  outsideWindow: (platform: 'facebook' | 'instagram') =>
    new GraphFailure(
      exception(
        '(#10) This message is sent outside of allowed window.',
        10,
        platform === 'facebook' ? 2_018_278 : 2_534_022,
      ),
    ),
  duplicate: () => new GraphFailure(exception('(#506) Duplicate status message', 506, 1_455_006)),
  noConsent: () =>
    new GraphFailure(exception('(#230) User consent is required to access user profile', 230)),
  transient: () =>
    new GraphFailure(
      {
        ...exception('An unexpected error has occurred. Please retry your request later.', 2),
        is_transient: true,
      },
      500,
    ),
  internal: () => new GraphFailure(exception('An unknown error has occurred.', 1), 500),
  maybeSent: () =>
    new GraphFailure(
      exception('Please reduce the amount of data you are asking for, then retry', 1, 1_357_046),
    ),
  /** The header tells for how many minutes to stay away. */
  rateLimit: (page: string) =>
    new GraphFailure(
      exception('(#613) Calls to this api have exceeded the rate limit.', 613, 2_534_040),
      400,
      {
        'x-business-use-case-usage': JSON.stringify({
          [page]: [
            {
              type: 'messenger',
              call_count: 100,
              total_cputime: 20,
              total_time: 25,
              estimated_time_to_regain_access: 1,
            },
          ],
        }),
      },
    ),
};
