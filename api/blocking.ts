import type { BlockAnswer } from '#contracts/customer.ts';
import { Problem } from '#contracts/errors.ts';
import { blockCustomer, type OpenWithBlocked } from '#db/customer-blocking.ts';
import type { Person } from '#db/people.ts';
import type { CustomerId } from '#domain/ids.ts';
import { askCommand, type AskDeps } from './ask.ts';

/** Asked at the same time: somebody who wrote under every post has many sessions. */
const AT_ONCE = 8;

type Asked = BlockAnswer['sessions'][number];

/**
 * R62: blocks a customer, and asks what is open with them to be done. Nobody waits for it, and the block holds whatever
 * becomes of that. Again by the same agent it asks nothing anew: the key is the block's own.
 * @throws Problem NOT_FOUND, FORBIDDEN
 */
export async function block(deps: AskDeps, person: Person, id: CustomerId): Promise<Asked[]> {
  const open = await blockCustomer(deps.db, person, id);
  const asked: Asked[] = [];
  for (let from = 0; from < open.length; from += AT_ONCE) {
    const some = open.slice(from, from + AT_ONCE);
    asked.push(...(await Promise.all(some.map((session) => askDone(deps, person, session)))));
  }
  return asked;
}

async function askDone(
  deps: AskDeps,
  person: Person,
  { id, customer, blockedAt, newestSeq }: OpenWithBlocked,
): Promise<Asked> {
  // With the newest message: one that came in at the very moment of the block makes a repetition a new question.
  const key = `block/${customer}/${String(blockedAt.getTime())}/${id}/${String(newestSeq)}`;
  try {
    const asking = { person, sessionId: id, key, waits: false, expires: 'never' } as const;
    const { state } = await askCommand(deps, asking, { type: 'done', seenSeq: newestSeq });
    return { id, state: state === 'done' ? 'done' : 'pending' };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { id, state: 'refused', code: error.code };
  }
}
