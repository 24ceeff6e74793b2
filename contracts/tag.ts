import { z } from 'zod';
import { tagId } from './ids.ts';
import { text } from './text.ts';

const name = text().trim().min(1, 'Give a name.').max(100, 'At most 100 characters.');
const color = z.string().regex(/^#[\da-f]{6}$/, 'Give a colour like #64748b.');

/** A word on a customer; labels are on sessions. */
export const tag = z
  .strictObject({ id: tagId, name: z.string(), color: z.string() })
  .meta({ id: 'Tag' });
export type Tag = z.infer<typeof tag>;

export const tagList = z.strictObject({ tags: z.array(tag) }).meta({ id: 'TagList' });

export const newTag = z.strictObject({ name, color: color.optional() }).meta({ id: 'NewTag' });
export type NewTag = z.infer<typeof newTag>;

export const tagChange = z
  .strictObject({ name: name.optional(), color: color.optional() })
  .meta({ id: 'TagChange' });
export type TagChange = z.infer<typeof tagChange>;

export const tagParams = z.strictObject({ id: tagId });
