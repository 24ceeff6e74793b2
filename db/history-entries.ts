/** What the history shows of what is stored: of the session's events, and of what agents did beside them. */
import type { HistoryEntry } from '#contracts/history.ts';
import type { Trace } from '#domain/assignment.ts';
import type { AgentId, MessageId } from '#domain/ids.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { idsIn, nameOf, whyOf, type Names } from './names.ts';

export type FoundEvent = { event: SessionEvent; trace: Trace | null; note: string | null };

/** A label, a note or a moderation of the session, or the customer's new owner. */
export type FoundBeside = {
  at: Date;
  type: 'label_added' | 'label_removed' | 'note' | 'moderation' | 'owner_changed';
  by: AgentId | null;
  agent: AgentId | null;
  from: AgentId | null;
  how: string | null;
  label_id: string | null;
  label_name: string | null;
  message_id: MessageId | null;
  note: string | null;
};

/** What an event means for the history; the others are the machinery's own. */
export const SHOWN: Partial<Record<SessionEvent['type'], HistoryEntry['type']>> = {
  Opened: 'opened',
  Assigned: 'assigned',
  NotAssigned: 'not_assigned',
  Unassigned: 'unassigned',
  SupportersChanged: 'supporters',
  Snoozed: 'snoozed',
  Woken: 'woken',
  Escalated: 'escalated',
  Warned: 'warned',
  Overdue: 'overdue',
  CloseCancelled: 'close_cancelled',
  MarkedDone: 'done',
};

/** Everybody whose name an entry needs. */
export function idsOfEvent({ event, trace }: FoundEvent): (string | null)[] {
  const { by, agent, from, added, removed } = peopleOf(event);
  return [...idsIn(trace), by, agent, from, ...added, ...removed];
}

export function entryOfEvent({ event, trace, note }: FoundEvent, names: Names): HistoryEntry[] {
  const type = SHOWN[event.type];
  if (type === undefined) return [];
  const { by, agent, from, added, removed } = peopleOf(event);
  return [
    {
      ...NOTHING,
      at: new Date(event.at),
      type,
      by: nameOf(names, by),
      agent: nameOf(names, agent),
      from: nameOf(names, from),
      added: added.map((one) => nameOf(names, one)),
      removed: removed.map((one) => nameOf(names, one)),
      how: howOf(event),
      until: event.type === 'Snoozed' ? new Date(event.until) : null,
      closingText: event.type === 'MarkedDone' ? event.closingText : null,
      note,
      why: whyOf(trace, names),
    },
  ];
}

export function entryOfBeside(found: FoundBeside, names: Names): HistoryEntry {
  const { at, type, by, agent, from, how, label_id: label } = found;
  return {
    ...NOTHING,
    at,
    type,
    by: nameOf(names, by),
    agent: nameOf(names, agent),
    from: nameOf(names, from),
    how,
    label: label === null ? null : { id: label, name: found.label_name ?? '' },
    messageId: found.message_id,
    note: found.note,
  };
}

const NOTHING = {
  by: null,
  agent: null,
  from: null,
  added: [],
  removed: [],
  how: null,
  until: null,
  closingText: null,
  label: null,
  messageId: null,
  note: null,
  why: [],
};

type People = {
  by: AgentId | null;
  agent: AgentId | null;
  from: AgentId | null;
  added: AgentId[];
  removed: AgentId[];
};

function peopleOf(event: SessionEvent): People {
  const nobody: People = { by: null, agent: null, from: null, added: [], removed: [] };
  switch (event.type) {
    case 'Assigned':
      return { ...nobody, by: event.by, agent: event.agent, from: event.from };
    case 'Unassigned':
      return { ...nobody, by: event.by, from: event.from };
    case 'SupportersChanged':
      return { ...nobody, by: event.by, added: event.added, removed: event.removed };
    case 'Opened':
    case 'Snoozed':
    case 'Woken':
    case 'MarkedDone':
      return { ...nobody, by: event.by };
    default:
      return nobody;
  }
}

function howOf(event: SessionEvent): string | null {
  switch (event.type) {
    case 'Assigned':
      return event.how;
    case 'NotAssigned':
    case 'Opened':
    case 'Unassigned':
    case 'SupportersChanged':
    case 'Woken':
    case 'Escalated':
    case 'MarkedDone':
      return event.cause;
    case 'CloseCancelled':
      return event.by;
    default:
      return null;
  }
}
