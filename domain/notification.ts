import type { AgentId } from './ids.ts';
import type { SessionEvent } from './session/event.ts';
import { isOpen, type Session } from './session/session.ts';

/** What an agent is told, wherever they are. 'admins' = the team's admins, else the workspace owner (R44). */
export type Notification = {
  to: AgentId | 'admins';
  type: 'assigned' | 'invited' | 'warned' | 'overdue' | 'escalated' | 'failed_send';
  /** An assignment by hand or by time-out and an invitation to help pop up; all else only sounds. */
  popup: boolean;
};

/** Whom an event concerns, given the session just before it. */
export function notificationsOf(event: SessionEvent, before: Session): Notification[] {
  switch (event.type) {
    case 'Assigned':
      return assigned(event, before);
    case 'SupportersChanged':
      return event.added
        .filter((agent) => agent !== event.by)
        .map((to) => ({ to, type: 'invited', popup: true }));
    case 'Warned':
      return toAssignee(before, 'warned');
    case 'Overdue':
      return toAssignee(before, 'overdue');
    case 'Escalated':
      return [{ to: 'admins', type: 'escalated', popup: false }];
    case 'SendFailed':
    case 'SendUnconfirmed':
      return toWriter(before, event.messageId);
    default:
      return [];
  }
}

function assigned(event: SessionEvent & { type: 'Assigned' }, before: Session): Notification[] {
  const told: Notification[] = [];
  // Who takes a session knows that they have it.
  if (event.by !== event.agent)
    told.push({ to: event.agent, type: 'assigned', popup: event.how !== 'automatic' });
  // R45: who gets a session inside the warning period is told of the deadline at once.
  if (isOpen(before) && before.wait?.warnedAt != null && before.wait.overdueAt === null)
    told.push({ to: event.agent, type: 'warned', popup: false });
  return told;
}

function toAssignee(session: Session, type: 'warned' | 'overdue'): Notification[] {
  if (!isOpen(session) || session.assignee === null) return [];
  return [{ to: session.assignee, type, popup: false }];
}

function toWriter(session: Session, messageId: string): Notification[] {
  const send = session.sends.find((one) => one.messageId === messageId);
  return send?.author == null ? [] : [{ to: send.author, type: 'failed_send', popup: false }];
}
