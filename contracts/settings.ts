/** The workspace's clocks and the business hours that they may follow (R43–R46). */
import { z } from 'zod';
import { text } from './text.ts';

/** More than any platform takes in one message; the API knows how much each of them does. */
const MAX_CLOSING_TEXT = 2_000;
/** Thirty days: for longer than that the business hours of a session are not known ahead. */
const MAX_DURATION_SECONDS = 30 * 24 * 60 * 60;

/** Of one day: several shifts, and no more than anybody would enter. */
const MAX_SHIFTS = 24;
const MAX_HOLIDAYS = 400;
const MINUTES_OF_DAY = 24 * 60;

const seconds = z
  .int('Give a whole number of seconds.')
  .min(1, 'Must be longer than nothing.')
  .max(MAX_DURATION_SECONDS, 'Must not be longer than 30 days.');

/** Whether the clock stands still while the workspace is closed (R46). */
const businessHours = z.boolean().default(false);

const minute = z
  .int('Give whole minutes of the day.')
  .min(0, 'The day begins at 0.')
  .max(MINUTES_OF_DAY, `The day ends at ${MINUTES_OF_DAY}.`);

/** From and to, in minutes of the local day; 1440 is midnight. */
const shift = z.tuple([minute, minute]);

const day = z
  .array(shift)
  .max(MAX_SHIFTS, `At most ${MAX_SHIFTS} a day.`)
  .superRefine((shifts, context) => {
    for (const [index, [from, to]] of shifts.entries()) {
      if (to <= from)
        context.addIssue({
          code: 'custom',
          path: [index, 1],
          message: 'It must close after it opens.',
        });
      else if (from < (shifts[index - 1]?.[1] ?? 0))
        context.addIssue({
          code: 'custom',
          path: [index, 0],
          message: 'It must not open before the one before it has closed.',
        });
    }
  });

/** In the workspace's time zone: the days from Monday, each with its shifts in order; closed on holidays. */
const hours = z
  .strictObject({
    days: z.array(day).length(7, 'Give seven days, Monday first.'),
    holidays: z
      .array(z.iso.date('Give a date: 2026-02-17.'))
      .max(MAX_HOLIDAYS, `At most ${MAX_HOLIDAYS} holidays.`),
  })
  .meta({ id: 'BusinessHours' });

const deadline = z
  .strictObject({
    on: z.boolean(),
    afterSeconds: seconds,
    warnBeforeSeconds: seconds,
    businessHours,
  })
  .refine(({ afterSeconds, warnBeforeSeconds }) => warnBeforeSeconds < afterSeconds, {
    path: ['warnBeforeSeconds'],
    message: 'The warning must come after the wait has begun: make it shorter than the deadline.',
  });

/** R43–R45, workspace-wide. Durations in seconds; each clock with its own switch. */
const clocks = {
  autoClose: z.strictObject({
    on: z.boolean(),
    afterSeconds: seconds,
    /** Sent at an automatic close; empty = close silently. */
    text: text().max(MAX_CLOSING_TEXT, `At most ${MAX_CLOSING_TEXT} characters.`),
    businessHours,
  }),
  reassign: z.strictObject({ on: z.boolean(), afterSeconds: seconds, businessHours }),
  deadline,
};

export const clockSettings = z
  .strictObject({
    /** Of all settings. Send back what you loaded: a save over somebody else's is refused. */
    version: z.int().min(1),
    ...clocks,
    /** Null = open around the clock. Left out of a save = as they were. */
    hours: hours.nullable().optional(),
  })
  .meta({ id: 'ClockSettings' });
/** As they are sent: what has a default may be left out. */
export type ClockSettings = z.input<typeof clockSettings>;
export type SavedClocks = z.output<typeof clockSettings>;
