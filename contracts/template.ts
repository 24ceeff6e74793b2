/** Texts that agents answer with (R41, R42). */
import { z } from 'zod';
import { agentRef } from './agent.ts';
import { channelId, labelId } from './ids.ts';
import { instant } from './instant.ts';
import { text } from './text.ts';

/** What every platform takes in one message or comment; the channel's own limit is checked when it is sent. */
const MAX_CONTENT = 2_000;
const MAX_ATTACHMENTS = 10;
const MAX_LABELS = 20;
const MAX_CHANNELS = 500;

const once = (ids: readonly string[]) => new Set(ids).size === ids.length;

const attachment = z.strictObject({
  kind: z.enum(['image', 'video', 'audio', 'file']),
  url: text()
    .max(2_000, 'At most 2000 characters.')
    .pipe(z.url({ protocol: /^https$/, error: 'Give an address that begins with https.' })),
  title: text().trim().max(200, 'At most 200 characters.').nullable().default(null),
});

/** Variables in it stay as they are: they are filled when it is chosen (domain/template.ts). */
const content = text()
  .trim()
  .min(1, 'Write the text.')
  .max(MAX_CONTENT, `At most ${MAX_CONTENT} characters.`);

const words = {
  /** Null = none: it is known by its text. */
  title: text().trim().min(1, 'Give a title, or none.').max(100).nullable().default(null),
  content,
  /** The pages for which it is; null = all. */
  channels: z
    .array(channelId)
    .min(1, 'Choose a page, or all.')
    .max(MAX_CHANNELS)
    .refine(once, 'Name each page once.')
    .nullable()
    .default(null),
  /** Its categories. */
  labels: z
    .array(labelId)
    .max(MAX_LABELS, `At most ${MAX_LABELS} labels.`)
    .refine(once, 'Name each label once.')
    .default([]),
  attachments: z
    .array(attachment)
    .max(MAX_ATTACHMENTS, `At most ${MAX_ATTACHMENTS} attachments.`)
    .default([]),
};

export const templateWords = z.strictObject(words).meta({ id: 'TemplateWords' });
export type TemplateWords = z.infer<typeof templateWords>;

export const templateChange = z
  .strictObject({
    /** Of what was loaded: a save over somebody else's is refused. */
    version: z.int().min(1),
    ...words,
  })
  .meta({ id: 'TemplateChange' });
export type TemplateChange = z.infer<typeof templateChange>;

export const template = z
  .strictObject({
    id: z.string(),
    version: z.int(),
    title: z.string().nullable(),
    content: z.string(),
    /** Those of its pages that the viewer sees; null = for all pages. */
    channels: z.array(channelId).nullable(),
    labels: z.array(labelId),
    attachments: z.array(
      z.strictObject({
        kind: z.string(),
        url: z.string().nullable(),
        title: z.string().nullable(),
      }),
    ),
    author: agentRef,
    /** Everybody who sees it may change it; whether the viewer may delete it. */
    mayDelete: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Template' });
export type Template = z.infer<typeof template>;

export const templateQuery = z.strictObject({
  /** Those for this page, and those for all. */
  channel: channelId.optional(),
  label: labelId.optional(),
  /** In title or text; accents and capital letters do not count. */
  q: text().max(200).optional(),
});
export type TemplateQuery = z.infer<typeof templateQuery>;

export const templateList = z
  .strictObject({ templates: z.array(template) })
  .meta({ id: 'TemplateList' });

export const templateParams = z.strictObject({ id: z.string().regex(/^[\w-]{1,64}$/) });
