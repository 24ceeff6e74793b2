import { z } from 'zod';
import { labelId, sessionId } from './ids.ts';
import { text } from './text.ts';

const MAX_LABELS = 500;
/** More than anybody reads on one session. */
const MAX_ON_SESSION = 50;

const name = text().trim().min(1, 'Give a name.').max(100, 'At most 100 characters.');
const color = z.string().regex(/^#[\da-f]{6}$/, 'Give a colour like #64748b.');

/** A word on a session (R36, R63); tags are on customers. */
export const label = z
  .strictObject({
    id: labelId,
    name: z.string(),
    color: z.string(),
    /** Its place in the list, from 0. */
    position: z.int(),
    /** Not given any more; where it is, it stays until it is taken away. */
    retired: z.boolean(),
  })
  .meta({ id: 'Label' });
export type Label = z.infer<typeof label>;

/** In their order, retired ones too. */
export const labelList = z.strictObject({ labels: z.array(label) }).meta({ id: 'LabelList' });

export const newLabel = z.strictObject({ name, color }).meta({ id: 'NewLabel' });
export type NewLabel = z.infer<typeof newLabel>;

export const labelChange = z
  .strictObject({
    name: name.optional(),
    color: color.optional(),
    /** Puts it there; the others move up or down. */
    position: z.int().min(0).max(MAX_LABELS).optional(),
    retired: z.boolean().optional(),
  })
  .meta({ id: 'LabelChange' });
export type LabelChange = z.infer<typeof labelChange>;

const labels = z
  .array(labelId)
  .refine((ids) => new Set(ids).size === ids.length, 'Name each label once.');

/** The labels in their new order; those that are left out come after them, as they were. */
export const labelOrder = z
  .strictObject({ labels: labels.max(MAX_LABELS) })
  .meta({ id: 'LabelOrder' });

/** All the labels that a session is to have. */
export const sessionLabels = z
  .strictObject({ labels: labels.max(MAX_ON_SESSION, `At most ${MAX_ON_SESSION} labels.`) })
  .meta({ id: 'SessionLabels' });

export const labelParams = z.strictObject({ id: labelId });
export const labelledParams = z.strictObject({ id: sessionId });
