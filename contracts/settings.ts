import { z } from 'zod';
import { text } from './text.ts';

/** The longest closing text: what every platform takes in one message. */
const MAX_CLOSING_TEXT = 2_000;
/** Thirty days: for longer than that the business hours of a session are not known ahead. */
const MAX_DURATION_SECONDS = 30 * 24 * 60 * 60;

const seconds = z
  .int('Give a whole number of seconds.')
  .min(1, 'Must be longer than nothing.')
  .max(MAX_DURATION_SECONDS, 'Must not be longer than 30 days.');

const deadline = z
  .strictObject({ on: z.boolean(), afterSeconds: seconds, warnBeforeSeconds: seconds })
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
  }),
  reassign: z.strictObject({ on: z.boolean(), afterSeconds: seconds }),
  deadline,
};

export const clockSettings = z
  .strictObject({
    /** Of all settings. Send back what you loaded: a save over somebody else's is refused. */
    version: z.int().min(1),
    ...clocks,
  })
  .meta({ id: 'ClockSettings' });
export type ClockSettings = z.infer<typeof clockSettings>;
