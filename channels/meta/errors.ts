/** What Meta's error codes mean for a message that was to be sent. One table; nothing else knows codes. */
import type { FailureReason } from '#channels/channel.ts';

/**
 * `refused`: certainly not sent, and the answer will not change. `later`: certainly not sent, worth trying again.
 * `unknown`: it may have arrived.
 */
export type ErrorMeaning = FailureReason | 'later' | 'unknown';

/**
 * By `code/subcode`, else by `code`.
 * Sources: https://developers.facebook.com/docs/messenger-platform/error-codes,
 * https://developers.facebook.com/docs/graph-api/guides/error-handling, …/graph-api/overview/rate-limiting
 */
const meanings: ReadonlyMap<string, ErrorMeaning> = new Map([
  // Temporary faults of Meta. The message may have gone out before the fault, so they are never repeated blindly.
  ['1', 'unknown'],
  ['2', 'unknown'],
  // "A duplicate": the same text was just sent, and this may be it.
  ['506', 'unknown'],

  ['4', 'later'],
  ['17', 'later'],
  ['32', 'later'],
  ['341', 'later'],
  ['613', 'later'],
  ['80001', 'later'],
  ['80002', 'later'],
  ['80006', 'later'],
  // Too many messages in one thread without an answer.
  ['10/2018336', 'later'],

  ['10/2018278', 'outside_window'],
  ['10/2534022', 'outside_window'],
  ['10/2018065', 'outside_window'],

  ['551', 'person_unavailable'],
  ['10/2018108', 'person_unavailable'],
  ['200/1545041', 'person_unavailable'],
  ['100/2018001', 'person_unavailable'],
  ['100/2534014', 'person_unavailable'],
  ['10903', 'person_unavailable'],

  ['102', 'token_invalid'],
  ['190', 'token_invalid'],
  // A person's token where the Page's is needed.
  ['1705', 'token_invalid'],

  ['3', 'permission_missing'],
  ['10', 'permission_missing'],
  ['10/2534077', 'permission_missing'],
  ['100/2534013', 'permission_missing'],
  ['200/2018028', 'permission_missing'],
  ['200/2534041', 'permission_missing'],
  ['36103', 'permission_missing'],

  ['10/1893063', 'account_blocked'],
  ['100/2534029', 'account_blocked'],
  ['368', 'account_blocked'],

  ['100/2534037', 'other_app_in_control'],
  ['100/2018300', 'other_app_in_control'],
  ['100/2018321', 'other_app_in_control'],

  ['100', 'invalid_request'],
  ['104', 'invalid_request'],
  ['2500', 'invalid_request'],
  ['10900', 'invalid_request'],
  ['2018014', 'invalid_request'],
  ['9000001', 'invalid_request'],
]);

/** @returns null for a code that no table of Meta's explains */
export function meaningOf(code: number, subcode: number | null): ErrorMeaning | null {
  const known = meanings.get(`${code}/${subcode}`) ?? meanings.get(`${code}`);
  if (known !== undefined) return known;
  return code >= 200 && code <= 299 ? 'permission_missing' : null;
}
