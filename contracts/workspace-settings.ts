import { z } from 'zod';
import { capacity } from './people.ts';
import { text } from './text.ts';

export const workspaceSettings = z
  .strictObject({
    /** Send back what you loaded: a save over somebody else's is refused. */
    version: z.int().min(1),
    name: text().trim().min(1, 'Give a name.').max(100, 'At most 100 characters.'),
    /** Of business hours and statistics; everybody's own times are shown in their browser's. */
    timeZone: text().refine(isTimeZone, 'Choose a time zone by its name: Asia/Ho_Chi_Minh.'),
    /** R48; an agent may have one of their own. */
    capacity,
    /** R58: for so long who lost the connection still counts as online. */
    presenceGraceSeconds: z
      .int('Give a whole number of seconds.')
      .min(5, 'At least 5 seconds.')
      .max(3_600, 'At most an hour.'),
    /** R58: whether who goes offline gives their waiting sessions back to the line. */
    handBackOffline: z.boolean(),
  })
  .meta({ id: 'WorkspaceSettings' });
export type WorkspaceSettings = z.infer<typeof workspaceSettings>;

/** A name of the time zone database: a mere distance from UTC knows no summer time. */
function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
