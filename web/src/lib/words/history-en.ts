/** What the conversation history says, in English. */
const causes: Record<string, string> = {
  'distribution off': 'automatic distribution is off',
  'nobody qualifies': 'nobody qualifies',
  'responsible left': 'who was responsible is no longer in the team',
  'behind others in line': 'others have been waiting longer',
};

const rules: Record<string, string> = {
  'by hand': 'Assigned by hand',
  'automatic distribution': 'Automatic distribution',
  sequential: 'Sequential: in turn through the team',
  random: 'Random: one of those who qualify',
  'already responsible': 'The agent already responsible',
  'waiting line': 'Waiting line',
  "customer's owner": 'The customer’s owner',
  keyword: 'Custom rule, keyword',
};

const results: Record<string, string> = {
  on: 'on',
  off: 'off',
  nobody: 'nobody',
  'others wait longer': 'others wait longer',
  'the longest waiting is first': 'the longest waiting is first',
  'no keyword found': 'no keyword found',
};

const wakings: Record<string, string> = {
  time: 'the time had come',
  customer: 'the customer wrote',
  agent: 'taken back by hand',
};

const doneCauses: Record<string, string> = {
  clock: 'Closed by itself',
  removed: 'Closed: everything the customer wrote was removed',
};

const moderations: Record<string, string> = {
  hide: 'Comment hidden',
  unhide: 'Comment shown again',
  delete: 'Comment deleted',
  edit: 'Comment edited',
  like: 'Comment liked',
  unlike: 'Like taken back',
};

const reasons: Record<string, string> = {
  chosen: 'chosen',
  'next in turn': 'next in turn',
  'later in turn': 'comes later in turn',
  disabled: 'account disabled',
  'does not receive this kind': 'does not receive this kind of session',
  'was in charge during this wait': 'was already in charge while the customer waited',
  'not in the team': 'not in the team of the channel',
  drawn: 'drawn',
  'not drawn': 'not drawn',
  'is responsible': 'is responsible already',
  'owns the customer': 'owns the customer',
  'is away': 'away on purpose',
  offline: 'offline',
  'has no place free': 'has no place free',
};

export const historyEn = {
  title: 'Conversation history',
  empty: 'Nothing has happened yet.',
  why: 'Why?',
  note: 'Note',
  taken: 'taken',
  passedOver: 'passed over',
  someone: 'Somebody',

  opened: (how: string, by: string | null) => {
    if (how === 'customer') return 'Opened: the customer wrote';
    if (how === 'reply') return `Reopened: ${by ?? 'somebody'} answered`;
    return `Moved to the inbox by ${by ?? 'somebody'}`;
  },
  assigned: (to: string) => `In charge: ${to}`,
  how: {
    automatic: 'automatic',
    manual: 'manual',
    timeout: 'time-out: no answer came in time',
  },
  assignedBy: (name: string) => `assigned by ${name}`,
  by: (name: string) => `by ${name}`,
  from: (name: string) => `before: ${name}`,
  notAssigned: (cause: string) => `Not assigned: ${causes[cause] ?? cause}`,
  unassigned: (from: string) => `${from} is no longer in charge`,
  unassignedHow: {
    'by hand': 'manual',
    'agent left': 'left the team of the channel',
    offline: 'offline',
    'shift ended': 'end of the shift',
  },
  escalated: (cause: string) =>
    `Waited too long, and could not be given to another agent (${causes[cause] ?? cause}): the admins were told`,
  warned: 'About to be overdue: the warning was given',
  overdue: 'Overdue: the response deadline was missed',
  closeCancelled: (by: string): string =>
    by === 'customer' ? 'Not closed: the customer wrote' : 'Not closed: somebody of the team acted',
  done: (by: string | null, cause: string) =>
    by === null ? (doneCauses[cause] ?? `Closed: ${cause}`) : `Closed by ${by}`,
  closingText: {
    skipped: 'closing text not sent: outside the 24 hours',
    sent: 'closing text sent',
    failed: 'the closing text could not be sent',
    unconfirmed: 'it is not certain that the closing text arrived',
  },
  supporters: (added: string, removed: string) => {
    if (removed === '') return `Support: ${added}`;
    return added === '' ? `No longer helping: ${removed}` : `Support: ${added}, not ${removed}`;
  },
  snoozed: 'Snoozed',
  until: (time: string) => `until ${time}`,
  woken: (cause: string) => `Back from its snooze: ${wakings[cause] ?? cause}`,
  labelAdded: (label: string) => `Label added: ${label}`,
  labelRemoved: (label: string) => `Label removed: ${label}`,
  noteWritten: 'Internal note',
  moderated: (action: string) => moderations[action] ?? `Comment: ${action}`,
  ownerChanged: (to: string) => `Responsible for the customer: ${to}`,

  rule: (code: string) => rules[code] ?? code,
  result: (code: string) => results[code] ?? code,
  reason: (code: string) => reasons[code] ?? code,
};

export type HistoryWords = typeof historyEn;
