import { describe, expect, test } from 'vitest';
import type { SendOutcome } from '#channels/channel.ts';
import { backOffOf, commentOutcomeOf, sendOutcomeOf } from '#channels/meta/send-outcome.ts';

const PAGE = '100000000000001';
const answer = (status: number, body: unknown, headers = new Headers()) =>
  sendOutcomeOf({ kind: 'answer', status, headers, body }, PAGE);
const error = (code: unknown, error_subcode?: unknown, more: object = {}) => ({
  error: { message: 'Số 0912 345 678 sai', code, error_subcode, fbtrace_id: 'A1b_-', ...more },
});
const meaning = (outcome: SendOutcome) =>
  outcome.kind === 'refused' ? outcome.reason : outcome.kind;

describe('an error of Meta', () => {
  test.for<[number, number | undefined, string]>([
    [1, undefined, 'unknown'],
    [1, 99, 'unknown'],
    [1, 1_357_046, 'unknown'],
    [2, undefined, 'unknown'],
    [2, 1_234, 'unknown'],
    [506, undefined, 'unknown'],
    [4, undefined, 'later'],
    [17, undefined, 'later'],
    [32, undefined, 'later'],
    [341, undefined, 'later'],
    [613, undefined, 'later'],
    [613, 2_534_040, 'later'],
    [613, 2_018_338, 'later'],
    [613, 1_996, 'later'],
    [80_001, undefined, 'later'],
    [80_002, undefined, 'later'],
    [80_006, undefined, 'later'],
    [10, 2_018_336, 'later'],
    [190, undefined, 'token_invalid'],
    [190, 458, 'token_invalid'],
    [190, 460, 'token_invalid'],
    [190, 463, 'token_invalid'],
    [190, 492, 'token_invalid'],
    [102, undefined, 'token_invalid'],
    [1_705, undefined, 'token_invalid'],
    [10, undefined, 'permission_missing'],
    [10, 555, 'permission_missing'],
    [3, undefined, 'permission_missing'],
    [200, undefined, 'permission_missing'],
    [210, undefined, 'permission_missing'],
    [230, undefined, 'permission_missing'],
    [299, undefined, 'permission_missing'],
    [200, 2_018_028, 'permission_missing'],
    [200, 2_534_041, 'permission_missing'],
    [10, 2_018_278, 'outside_window'],
    [10, 2_534_022, 'outside_window'],
    [10, 2_018_065, 'outside_window'],
    [10, 2_018_108, 'person_unavailable'],
    [551, undefined, 'person_unavailable'],
    [551, 1_545_041, 'person_unavailable'],
    [200, 1_545_041, 'person_unavailable'],
    [100, 2_018_001, 'person_unavailable'],
    [100, 2_534_014, 'person_unavailable'],
    [10_903, undefined, 'person_unavailable'],
    [10, 1_893_063, 'account_blocked'],
    [100, 2_534_029, 'account_blocked'],
    [368, undefined, 'account_blocked'],
    [100, 2_534_037, 'other_app_in_control'],
    [100, 2_018_300, 'other_app_in_control'],
    [100, 2_018_321, 'other_app_in_control'],
    [100, undefined, 'invalid_request'],
    [100, 33, 'invalid_request'],
    [100, 2_018_008, 'invalid_request'],
    [10_900, undefined, 'invalid_request'],
    [2_018_014, undefined, 'invalid_request'],
    [104, undefined, 'invalid_request'],
    [2_500, undefined, 'invalid_request'],
    [9_000_001, undefined, 'invalid_request'],
    [300, undefined, 'invalid_request'],
    [777_777, undefined, 'invalid_request'],
  ])('%i/%i means %s', ([code, subcode, expected]) => {
    expect(meaning(answer(400, error(code, subcode)))).toBe(expected);
  });

  test('is described by its numbers and trace, never by its words', () => {
    expect(answer(400, error(10, 2_018_278))).toEqual({
      kind: 'refused',
      reason: 'outside_window',
      detail: 'HTTP 400, error 10/2018278, trace A1b_-',
    });
  });

  test('does not put a strange trace into the detail', () => {
    const outcome = answer(400, error(100, undefined, { fbtrace_id: 'a b\n<c>' }));
    expect(outcome).toMatchObject({ detail: 'HTTP 400, error 100' });
  });
});

describe('an answer to a send', () => {
  test.for<[string, number, unknown, string]>([
    ['200 with a message id is sent', 200, { recipient_id: '2', message_id: 'm_1' }, 'sent'],
    ['200 without one is unknown', 200, { recipient_id: '2' }, 'unknown'],
    ['200 with an empty one is unknown', 200, { message_id: '' }, 'unknown'],
    ['200 with an error in it is unknown', 200, error(190), 'unknown'],
    ['200 that is no JSON is unknown', 200, undefined, 'unknown'],
    ['302 is unknown', 302, undefined, 'unknown'],
    ['400 that is no JSON is unknown', 400, undefined, 'unknown'],
    ['400 without an error is unknown', 400, { ok: false }, 'unknown'],
    ['400 with an error that is a text is unknown', 400, { error: 'invalid_client' }, 'unknown'],
    ['400 with a code that is no number is unknown', 400, error('x'), 'unknown'],
    ['400 with a code in quotes is read', 400, error('190', '460'), 'token_invalid'],
    [
      '400 that is transient is unknown',
      400,
      error(100, undefined, { is_transient: true }),
      'unknown',
    ],
    [
      'a rate limit that is transient is a rate limit',
      400,
      error(4, undefined, { is_transient: true }),
      'later',
    ],
    ['401 with an error is read', 401, error(190), 'token_invalid'],
    ['403 with an error is read', 403, error(200), 'permission_missing'],
    ['429 without an error is unknown', 429, undefined, 'unknown'],
    ['500 with a refusal in it is unknown', 500, error(190), 'unknown'],
    ['503 is unknown', 503, undefined, 'unknown'],
  ])('%s', ([, status, body, expected]) => {
    expect(meaning(answer(status, body))).toBe(expected);
  });

  test('that never came is unknown, and one that never left is tried later', () => {
    expect(sendOutcomeOf({ kind: 'lost', detail: 'cut' }, PAGE).kind).toBe('unknown');
    expect(sendOutcomeOf({ kind: 'unreachable', detail: 'no' }, PAGE).kind).toBe('later');
  });
});

describe('how long to stay away', () => {
  const usage = (value: unknown) =>
    backOffOf(
      new Headers({
        'x-business-use-case-usage': typeof value === 'string' ? value : JSON.stringify(value),
      }),
      PAGE,
    );
  const regain = (minutes: unknown) => [
    { type: 'messenger', estimated_time_to_regain_access: minutes },
  ];

  test.for<[string, number, number]>([
    ['is a minute without the header', backOffOf(new Headers(), PAGE), 60_000],
    [
      'is what Meta says for the Page',
      usage({ [PAGE]: regain(19), other: regain(50) }),
      19 * 60_000,
    ],
    [
      'is the longest where the Page is not named',
      usage({ a: regain(5), b: regain(7) }),
      7 * 60_000,
    ],
    ['is at least a minute', usage({ [PAGE]: regain(0) }), 60_000],
    ['is at most a day', usage({ [PAGE]: regain(1e9) }), 86_400_000],
    ['ignores what is no number', usage({ [PAGE]: regain('x') }), 60_000],
    ['ignores a header that is no JSON', usage('{'), 60_000],
    ['ignores a header that is a list', usage('[1]'), 60_000],
    ['ignores a header that is null', usage('null'), 60_000],
  ])('%s', ([, actual, expected]) => {
    expect(actual).toBe(expected);
  });
});

describe('the answer to a comment', () => {
  const outcome = (status: number, body: unknown) =>
    commentOutcomeOf({ kind: 'answer', status, headers: new Headers(), body }, PAGE);

  test('names the comment that was made', () => {
    expect(outcome(200, { id: '500_9001' })).toEqual({ kind: 'sent', mid: '500_9001' });
  });

  test.for<[string, number, unknown, string]>([
    ['that says the words stand there already', 400, error(506), 'duplicate'],
    [
      'that says so and is transient',
      400,
      error(506, 1_455_006, { is_transient: true }),
      'duplicate',
    ],
    ['to a comment that is gone', 400, error(100, 33), 'comment_gone'],
    ['with another bad parameter', 400, error(100), 'invalid_request'],
    ['by a rate limit', 400, error(80_001), 'later'],
    ['without a permission', 400, error(200), 'permission_missing'],
    ['with a temporary fault', 500, error(2), 'unknown'],
    ['without an id', 200, { success: true }, 'unknown'],
  ])('%s', ([, status, body, kind]) => {
    expect(meaning(outcome(status, body))).toBe(kind);
  });
});
