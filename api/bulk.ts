import type { BulkAction, BulkOutcome, BulkRequest } from '#contracts/bulk.ts';
import type { CommandRequest } from '#contracts/command.ts';
import { Problem } from '#contracts/errors.ts';
import { acceptCommand } from '#db/accept-command.ts';
import { newId } from '#db/ids.ts';
import type { CommandOutcome } from '#db/outcomes.ts';
import type { Person } from '#db/people.ts';
import { markRead, markUnread } from '#db/read-marks.ts';
import { assigneesOf } from '#db/session-detail.ts';
import { changeLabels } from '#db/session-labels.ts';
import type { AgentId, CommandId, SessionId } from '#domain/ids.ts';
import type { ApiDeps } from './deps.ts';

type BulkDeps = Pick<ApiDeps, 'db' | 'outcomes' | 'nudgeRelay'>;
type Bulk = BulkRequest & { person: Person };

/** Sessions that are dealt with at the same time; more would leave other requests without a connection. */
const AT_ONCE = 8;
/** For so long the request waits for all outcomes together. */
const WAIT_MS = 3_000;

/** Does one thing with many sessions, each by itself: what is refused for one is done for the others (R39). */
export async function askBulk(deps: BulkDeps, bulk: Bulk): Promise<BulkOutcome[]> {
  const run = await runnerOf(deps, bulk);
  const begun = await eachOf(bulk.sessions, async (session) =>
    refusable(session, () => run(session)),
  );
  // All are stored by now: they are carried out beside each other.
  const deadline = performance.now() + WAIT_MS;
  return Promise.all(
    begun.map(async ({ commandId, ...outcome }) => {
      if (commandId === undefined) return outcome;
      const left = Math.max(0, deadline - performance.now());
      return { session: outcome.session, ...followed(await deps.outcomes.wait(commandId, left)) };
    }),
  );
}

type Begun = BulkOutcome & { commandId?: CommandId };
type Run = (session: SessionId) => Promise<CommandId | void>;

async function runnerOf(deps: BulkDeps, bulk: Bulk): Promise<Run> {
  const { action, person, sessions } = bulk;
  const { db } = deps;
  const at = (sessionId: SessionId) => ({
    sessionId,
    once: { key: keyOf(bulk, sessionId), body: [action] },
  });
  switch (action.type) {
    case 'read':
      return (sessionId) =>
        markRead(db, person, { ...at(sessionId), seq: Number.MAX_SAFE_INTEGER });
    case 'unread':
      return (sessionId) => markUnread(db, person, at(sessionId));
    case 'label':
      return (sessionId) => changeLabels(db, person, { ...action, ...at(sessionId) });
    default: {
      const holders = action.type === 'done' ? new Map() : await assigneesOf(db, person, sessions);
      return (session) =>
        accept(deps, bulk, session, commandOf(action, session, { person, holders }));
    }
  }
}

type Command = Extract<BulkAction, { type: 'assign' | 'take' | 'done' }>;

function commandOf(
  action: Command,
  session: SessionId,
  { person, holders }: { person: Person; holders: ReadonlyMap<SessionId, AgentId | null> },
): CommandRequest {
  const holder = holders.get(session) ?? null;
  switch (action.type) {
    case 'done':
      return { type: 'done', seenSeq: action.seen[session] ?? 0 };
    case 'take':
      return { type: 'take', from: holder === person.agent ? holder : null };
    case 'assign': {
      const { agent, group, note, from } = action;
      const seen = from[session];
      return { type: 'assign', agent, group, note, from: seen === undefined ? holder : seen };
    }
  }
}

/** Each session is dealt with once, by itself. */
function keyOf({ key }: Bulk, sessionId: SessionId): string {
  return `${key}/${sessionId}`;
}

/** The same key again is the same request, whoever may have the session by then: the body is what was asked for. */
async function accept(
  { db, nudgeRelay }: BulkDeps,
  bulk: Bulk,
  sessionId: SessionId,
  request: CommandRequest,
): Promise<CommandId> {
  const { person, action } = bulk;
  const key = keyOf(bulk, sessionId);
  const asked = { person, sessionId, key, commandId: newId<CommandId>() };
  const body = action.type === 'done' ? request : { bulk: action };
  const { commandId } = await acceptCommand(db, { ...asked, body, request });
  nudgeRelay();
  return commandId;
}

async function refusable(session: SessionId, run: () => ReturnType<Run>): Promise<Begun> {
  try {
    const commandId = await run();
    if (commandId === undefined) return { session, state: 'done' };
    return { session, state: 'pending', commandId };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { session, ...refused(error.code, error.detail.assignee) };
  }
}

function followed(outcome: CommandOutcome): Omit<BulkOutcome, 'session'> {
  if (outcome.state !== 'refused') return { state: outcome.state };
  return refused(outcome.code, outcome.assignee);
}

function refused(
  code: NonNullable<BulkOutcome['code']>,
  assignee: BulkOutcome['assignee'],
): Omit<BulkOutcome, 'session'> {
  return { state: 'refused', code, ...(assignee === undefined ? {} : { assignee }) };
}

/** A few at a time, in their order. */
async function eachOf<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  const waiting = items.entries();
  const work = async () => {
    for (const [index, item] of waiting) made[index] = await make(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return made;
}
