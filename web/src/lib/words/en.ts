import { threadEn } from './thread-en.ts';

/** Every word on the desk, in English. The other languages have the same shape. */
const reasons: Record<string, string> = {
  TAKEN: 'Somebody else is in charge by now. Your text was not sent.',
  NEW_MESSAGE: 'The customer wrote meanwhile. Read it, then try again.',
  SESSION_DONE: 'The session is done. Move it to the inbox first.',
  EXPIRED: 'This took too long to be carried out. Try again.',
  NOT_IN_TEAM: 'This person is not of the team of the channel.',
  NOTHING_TO_RETRY: 'This message needs no second try any more.',
  WRONG_LOGIN: 'The e-mail address or the password is wrong.',
  FORBIDDEN: 'You may see this session, but not act on it.',
  NOT_FOUND: 'This is not here any more, or you may no longer see it.',
  WINDOW_CLOSED: 'The 24-hour window is closed. You can answer when the customer writes again.',
  TEXT_TOO_LONG: 'The text is longer than the platform allows. Shorten it.',
  TOO_MANY_REQUESTS: 'Too many tries. Wait a minute.',
  UNAVAILABLE: 'The server cannot be reached. It is tried again by itself.',
  OFFLINE: 'No connection. Nothing is lost; it is tried again by itself.',
  INTERNAL: 'Something went wrong on the server. It has been logged.',
};

export const en = {
  title: 'Everthread',
  /** What went wrong, and what to do. */
  trouble: ({
    code,
    message,
    assignee,
  }: {
    code: string;
    message: string;
    assignee: { name: string } | null;
  }) =>
    code === 'TAKEN' && assignee !== null
      ? `${assignee.name} has taken this session.`
      : (reasons[code] ?? message),
  pending: 'This takes a little longer. It shows here as soon as it is done.',
  retry: 'Try again',
  close: 'Close',
  undo: 'Undo',
  back: 'Back',
  loading: 'Loading',
  unknownCustomer: 'Customer without a name',
  you: 'You',
  over99: '99+',

  signIn: {
    title: 'Sign in',
    email: 'E-mail',
    password: 'Password',
    submit: 'Sign in',
    working: 'Signing in …',
    signOut: 'Sign out',
  },

  nav: {
    main: 'Main navigation',
    skip: 'Skip to the conversation',
    omni: 'Omni',
    messages: 'Unread messages',
    comments: 'Unread comments',
    account: 'Account and settings',
    language: 'Language',
    theme: 'Theme',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    density: 'Density',
    densities: { comfortable: 'Comfortable', compact: 'Compact' },
    keys: 'Single-key shortcuts',
    sound: 'Sound',
    help: 'Keyboard shortcuts',
  },

  views: {
    main: 'Main',
    unassigned: 'Unassigned',
    mine: 'Mine',
    supporting: 'Supporting',
    unread: 'Unread',
    overdue: 'Overdue',
    snoozed: 'Snoozed',
    done: 'Done',
    all: 'All',
  },
  kinds: { message: 'Inbox', comment: 'Comment' },
  platforms: { facebook: 'Facebook', instagram: 'Instagram' },
  allChannels: 'All',

  list: {
    title: 'Sessions',
    views: 'Filters',
    channels: 'Channels',
    kinds: 'Inbox or comments',
    anyKind: 'All kinds',
    arrived: (count: number) => `${count} new`,
    unread: (count: number) => `${count > 99 ? '99+' : count} unread`,
    inCharge: (name: string) => `In charge: ${name}`,
    nobody: 'Not assigned',
    draft: 'Draft:',
    page: 'You:',
    attachment: 'Attachment',
    waking: 'Being opened',
    emptyMain: 'Nothing is waiting. New messages appear here.',
    emptyView: (view: string) => `No session under “${view}”.`,
    clear: 'Clear filters',
    noChannels: 'You are in no channel’s team yet. Ask an admin to add you.',
    failed: 'The list could not be read anew.',
    updatedAt: (time: string) => `As of ${time}.`,
  },

  deadline: {
    soon: 'About to be overdue',
    overdueBy: (time: string) => `Overdue by ${time}`,
    dueIn: (time: string) => `due in ${time}`,
  },

  connection: {
    away: 'No connection to the server. You can go on writing; it is sent when the connection is back.',
  },

  popup: {
    title: (by: string | null, customer: string) =>
      by === null
        ? `You are in charge of ${customer}`
        : `${by} has put you in charge of ${customer}`,
    invited: (by: string | null, customer: string) =>
      by === null
        ? `You are invited to support ${customer}`
        : `${by} invites you to support ${customer}`,
    support: 'Support now',
    timeout: (customer: string) => `${customer} has waited too long and is now yours`,
    view: 'View conversation now',
    later: 'Later',
    region: 'New assignments',
  },

  help: {
    title: 'Keyboard shortcuts',
    off: 'Single-key shortcuts are switched off. You find the switch in the account menu.',
    next: 'Next session',
    previous: 'Previous session',
    open: 'Open',
    back: 'Back to the list',
    reply: 'Write an answer',
    assign: 'Assign',
    take: 'Take charge',
    done: 'Mark as done',
    reopen: 'Move to inbox',
    unread: 'Mark unread',
    history: 'Conversation history',
    details: 'Details',
    goMain: 'Go to Main',
    goMine: 'Go to Mine',
    goUnassigned: 'Go to Unassigned',
    goOverdue: 'Go to Overdue',
    help: 'This help',
  },

  thread: threadEn,

  nothingOpen: 'Choose a session on the left.',
  gone: 'You no longer have access to this session.',
  backToInbox: 'Back to inbox',
  errorTitle: 'This page could not be shown',
  notFound: 'There is nothing at this address.',
};
