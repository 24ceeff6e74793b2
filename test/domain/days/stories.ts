import type { StoredBusinessHours } from '#db/stored.ts';
import type { Instant } from '#domain/instant.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { agent } from '#test/support/session-builders.ts';
import type { ChannelSimulation, Customer } from '#test/support/simulate-channel.ts';

export const dung = agent('dung');
export const em = agent('em');

export const SAIGON = 'Asia/Ho_Chi_Minh';

/** `2026-11-23 08:00` on a wall in Saigon, where the clock is never changed. */
export const saigon = (shown: string): Instant => Date.parse(`${shown.replace(' ', 'T')}+07:00`);

const minuteOfDay = (shown: string): number => {
  const [hours = 0, minutes = 0] = shown.split(':').map(Number);
  return hours * 60 + minutes;
};

/** Hours of Monday to Friday, and others of the weekend; `8:00-12:00`. */
export function weekly(
  weekdays: string[],
  { saturday = [], sunday = [], holidays = [] }: Weekend = {},
): StoredBusinessHours {
  const shifts = (told: string[]) =>
    told.map((shift): [number, number] => {
      const [from = '', to = ''] = shift.split('-');
      return [minuteOfDay(from), minuteOfDay(to)];
    });
  const days = [...Array.from({ length: 5 }, () => weekdays), saturday, sunday];
  return { days: days.map(shifts), holidays };
}
type Weekend = { saturday?: string[]; sunday?: string[]; holidays?: string[] };

export const daily = (...shifts: string[]): StoredBusinessHours =>
  weekly(shifts, { saturday: shifts, sunday: shifts });

/** What every story is full of. */
const SMALL: SessionEvent['type'][] = [
  'PolicyChanged',
  'MessageReceived',
  'WaitStarted',
  'WaitEnded',
  'ReplyQueued',
  'AttemptRecorded',
  'SendAccepted',
];

/** What happened to whom and when, as a clock on the wall showed it; tenths of a second only where there are any. */
export function story(
  { commits }: ChannelSimulation,
  { of = null, timeZone = SAIGON }: { of?: Customer | null; timeZone?: string } = {},
): string[] {
  const told = commits.filter(({ customer }) => of === null || customer === of);
  return told.flatMap(({ customer, events }) =>
    events
      .filter(({ type }) => !SMALL.includes(type))
      .map(
        (event) =>
          `${wall(event.at, timeZone)} ${of === null ? `${customer.name}: ` : ''}${line(event)}`,
      ),
  );
}

function line(event: SessionEvent): string {
  switch (event.type) {
    case 'Assigned':
      return `Assigned ${event.agent} (${event.how})`;
    case 'NotAssigned':
      return `NotAssigned (${event.cause})`;
    case 'Unassigned':
      return `Unassigned ${event.from} (${event.cause})`;
    case 'StaffAnswered':
      return `StaffAnswered ${event.agent ?? 'elsewhere'}`;
    case 'MarkedDone':
      return `MarkedDone ${event.cause}, text ${event.closingText}`;
    case 'Woken':
      return `Woken by ${event.cause}`;
    case 'CloseCancelled':
      return `CloseCancelled by ${event.by}`;
    default:
      return event.type;
  }
}

/** `Mon 08:00:00` */
export function wall(at: Instant, timeZone = SAIGON): string {
  const shown = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  const tenths = Math.floor((at % 1_000) / 100);
  return `${shown.replace(',', '')}${tenths === 0 ? '' : `.${String(tenths)}`}`;
}
