import type { CommandRequest, ReplyRequest } from '#contracts/command.ts';
import { Problem } from '#contracts/errors.ts';
import { excessOf } from '#channels/index.ts';
import { acceptCommand } from '#db/accept-command.ts';
import { acceptReply, type AskedReply } from '#db/accept-reply.ts';
import { newId } from '#db/ids.ts';
import type { CommandOutcome } from '#db/outcomes.ts';
import type { Person } from '#db/people.ts';
import type { CommandId, SessionId } from '#domain/ids.ts';
import type { ApiDeps } from './deps.ts';

/** For so long a request waits for its outcome; later ones come by the stream. */
const WAIT_MS = 3_000;

export type Asking = {
  person: Person;
  sessionId: SessionId;
  key: string;
  /** Whether the request waits for its outcome, or only until it is stored. */
  waits: boolean;
  /** Of a command; absent = soon, as its agent turns to something else. */
  expires?: 'never';
};
export type AskDeps = Pick<ApiDeps, 'db' | 'outcomes' | 'nudgeRelay'>;

/** Writes a reply into the session's journal and waits for what becomes of it. @throws Problem when it is refused */
export async function askReply(
  deps: AskDeps,
  asking: Asking,
  body: ReplyRequest,
): Promise<CommandOutcome> {
  const { text, commentId } = body;
  const commandId = newId<CommandId>();
  const asked = { ...asking, commandId, body, text, commentId, fits };
  const accepted = await acceptReply(deps.db, asked).catch((error: unknown) => {
    throw error instanceof Problem && error.code === 'TAKEN' ? withText(error, text) : error;
  });
  return followed(await outcomeOf(deps, accepted.commandId, asking), text);
}

/** Writes a command into the session's journal and waits for what becomes of it. @throws Problem when it is refused */
export async function askCommand(
  deps: AskDeps,
  asking: Asking,
  request: CommandRequest,
): Promise<CommandOutcome> {
  const commandId = newId<CommandId>();
  const accepted = await acceptCommand(deps.db, { ...asking, commandId, body: request, request });
  return followed(await outcomeOf(deps, accepted.commandId, asking));
}

function outcomeOf(deps: AskDeps, id: CommandId, { waits }: Asking): Promise<CommandOutcome> {
  deps.nudgeRelay();
  return deps.outcomes.wait(id, waits ? WAIT_MS : 0);
}

/** A refused reply's text goes back, so that the composer can keep it. */
function followed(outcome: CommandOutcome, text?: string): CommandOutcome {
  if (outcome.state !== 'refused') return outcome;
  throw new Problem(outcome.code, {
    ...(outcome.assignee === undefined ? {} : { assignee: outcome.assignee }),
    ...(text === undefined ? {} : { text }),
  });
}

function withText({ code, detail }: Problem, text: string): Problem {
  return new Problem(code, { ...detail, text });
}

const fits: AskedReply['fits'] = ({ platform, kind }, text) =>
  excessOf(platform, kind, text) === null;
