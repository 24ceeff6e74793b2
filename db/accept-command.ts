import type { CommandRequest } from '#contracts/command.ts';
import { Problem } from '#contracts/errors.ts';
import { DAY, SECOND, type Instant } from '#domain/instant.ts';
import { needsOf } from '#domain/permission.ts';
import type { Command } from '#domain/session/entry.ts';
import { acceptOnce, mustBeInWindow, type Accepted, type Asked } from './accept.ts';
import type { Db } from './database.ts';
import { mustBeOfTeam } from './rights.ts';

/** After this a command is refused: its agent has turned to something else. Replies never expire. */
const EXPIRES_AFTER_MS = 10 * SECOND;
/** Of what nobody waits for: it counts whenever it is carried out. In JSON there is no infinity. */
const NEVER: Instant = Date.UTC(9999, 11, 31);
const LONGEST_SNOOZE_MS = 366 * DAY;

/**
 * Takes in what an agent asks of a session; its workflow decides.
 * @throws Problem WINDOW_CLOSED for a message that is to be sent again, and those of `acceptOnce`
 */
export function acceptCommand(
  db: Db,
  asked: Asked & {
    request: CommandRequest;
    /** Absent = ten seconds from now. */
    expires?: 'never' | undefined;
  },
): Promise<Accepted> {
  const { request, commandId, person, expires } = asked;
  return acceptOnce(db, { ...asked, needs: needsOf(request) }, async (trx, at) => {
    if (sendsAgain(request)) mustBeInWindow(at);
    if (request.type === 'snooze') mustBeSoon(request.until.getTime(), at.now.getTime());
    if (request.type === 'supporters')
      await mustBeOfTeam(trx, at.channelId, request.agents, (place) => `agents.${String(place)}`);
    const expiresAt = expires === 'never' ? NEVER : at.now.getTime() + EXPIRES_AFTER_MS;
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

function toAssign({ from, agent, group }: CommandRequest & { type: 'assign' }): Command {
  if (agent !== undefined) return { type: 'assign', from, agent };
  if (group === undefined) throw new Problem('INVALID', { field: 'agent' });
  return { type: 'assign', from, group };
}

function mustBeSoon(until: Instant, now: Instant): void {
  if (until > now && until <= now + LONGEST_SNOOZE_MS) return;
  throw new Problem('INVALID', {
    field: 'until',
    message: 'Choose a time to come, at most a year from now.',
  });
}

/** Only `done` has to have seen the newest message; what the others had seen is of no account. */
function toCommand(request: CommandRequest): Command {
  switch (request.type) {
    case 'take':
      return { type: 'take', from: request.from };
    case 'assign':
      return toAssign(request);
    case 'unassign':
      return { type: 'unassign', from: request.from };
    case 'done':
      return { type: 'done', seenSeq: request.seenSeq };
    case 'reopen':
    case 'unsnooze':
      return { type: request.type };
    case 'supporters':
      return { type: 'supporters', agents: request.agents };
    case 'snooze':
      return { type: 'snooze', until: request.until.getTime() };
    case 'retry':
      return { type: 'retry', messageId: request.messageId };
    case 'confirm':
      return { type: 'confirm', messageId: request.messageId, arrived: request.arrived };
  }
}
