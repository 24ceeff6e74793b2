import type { CommandRequest } from '#contracts/command.ts';
import { SECOND, type Instant } from '#domain/instant.ts';
import type { Command } from '#domain/session/entry.ts';
import { acceptOnce, mustBeInWindow, type Accepted, type Asked } from './accept.ts';
import type { Db } from './database.ts';

/** After this a command is refused: its agent has turned to something else. Replies never expire. */
const EXPIRES_AFTER_MS = 10 * SECOND;

/**
 * Takes in what an agent asks of a session; its workflow decides.
 * @throws Problem WINDOW_CLOSED for a message that is to be sent again, and those of `acceptOnce`
 */
export function acceptCommand(
  db: Db,
  asked: Asked & { request: CommandRequest },
): Promise<Accepted> {
  const { request, commandId, person } = asked;
  return acceptOnce(db, asked, async (_trx, at) => {
    if (sendsAgain(request)) mustBeInWindow(at);
    const expiresAt: Instant = at.now.getTime() + EXPIRES_AFTER_MS;
    const command = toCommand(request);
    return {
      type: request.type,
      messageId: 'messageId' in request ? request.messageId : null,
      note: noteOf(request),
      fact: { kind: 'command', commandId, agent: person.agent, expiresAt, command },
    };
  });
}

/** An empty one is none. */
function noteOf(request: CommandRequest): string | undefined {
  return 'note' in request && request.note !== '' ? request.note : undefined;
}

function sendsAgain(request: CommandRequest): boolean {
  return request.type === 'retry' || (request.type === 'confirm' && !request.arrived);
}

/** Only `done` has to have seen the newest message; what the others had seen is of no account. */
function toCommand(request: CommandRequest): Command {
  switch (request.type) {
    case 'take':
      return { type: 'take', from: request.from };
    case 'assign':
      return { type: 'assign', from: request.from, agent: request.agent };
    case 'unassign':
      return { type: 'unassign', from: request.from };
    case 'done':
      return { type: 'done', seenSeq: request.seenSeq };
    case 'reopen':
      return { type: 'reopen' };
    case 'retry':
      return { type: 'retry', messageId: request.messageId };
    case 'confirm':
      return { type: 'confirm', messageId: request.messageId, arrived: request.arrived };
  }
}
