/** What the conversation history says, in English. */
const causes: Record<string, string> = {
  'distribution off': 'automatic distribution is off',
  'nobody qualifies': 'nobody qualifies',
};

const rules: Record<string, string> = {
  'by hand': 'Assigned by hand',
  'automatic distribution': 'Automatic distribution',
  sequential: 'Sequential: in turn through the team',
};

const results: Record<string, string> = { on: 'on', off: 'off', nobody: 'nobody' };

const reasons: Record<string, string> = {
  chosen: 'chosen',
  'next in turn': 'next in turn',
  'later in turn': 'comes later in turn',
  disabled: 'account disabled',
  'does not receive this kind': 'does not receive this kind of session',
  'was in charge during this wait': 'was already in charge while the customer waited',
  'not in the team': 'not in the team of the channel',
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
  by: (name: string) => `assigned by ${name}`,
  from: (name: string) => `before: ${name}`,
  notAssigned: (cause: string) => `Not assigned: ${causes[cause] ?? cause}`,
  unassigned: (from: string) => `${from} is no longer in charge`,
  unassignedHow: { 'by hand': 'manual', 'agent left': 'left the team of the channel' },
  escalated: (cause: string) =>
    `Waited too long, and could not be given to another agent (${causes[cause] ?? cause}): the admins were told`,
  warned: 'About to be overdue: the warning was given',
  overdue: 'Overdue: the response deadline was missed',
  closeCancelled: (by: string): string =>
    by === 'customer' ? 'Not closed: the customer wrote' : 'Not closed: somebody of the team acted',
  done: (by: string | null) => (by === null ? 'Closed by itself' : `Closed by ${by}`),

  rule: (code: string) => rules[code] ?? code,
  result: (code: string) => results[code] ?? code,
  reason: (code: string) => reasons[code] ?? code,
};

export type HistoryWords = typeof historyEn;
