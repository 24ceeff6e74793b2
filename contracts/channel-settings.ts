/** What a channel's settings page shows and saves: three sections, each with a version and a Save of its own (R1–R17). */
import { z } from 'zod';
import { wordsOf } from '#domain/fold.ts';
import { agentId, channelId, groupId, tagId } from './ids.ts';
import { text } from './text.ts';

/** More than any team has; it only bounds what one Save may carry. */
const MAX_LISTED = 500;
const MAX_RULES = 100;
const MAX_KEYWORDS = 50;
/** The longest text that any platform takes; a channel's own platform may take less. */
const MAX_MESSAGE = 2_000;
const MAX_COMMENT = 8_000;

/** Of this section. Send back what you loaded: a save over somebody else's is refused. */
const version = z.int().min(1);

export const channelParams = z.strictObject({ id: channelId });

export const settingsChannels = z
  .strictObject({
    channels: z.array(
      z.strictObject({
        id: channelId,
        platform: z.enum(['facebook', 'instagram']),
        name: z.string(),
        /** How many are of its team. */
        team: z.int(),
        distribution: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'SettingsChannels' });
export type SettingsChannels = z.infer<typeof settingsChannels>;

/** Somebody with their two switches (R3). */
const receiving = z.strictObject({ agent: agentId, messages: z.boolean(), comments: z.boolean() });

export const supportSettings = z
  .strictObject({
    version,
    /** In order. */
    groups: z.array(groupId).max(MAX_LISTED, `At most ${MAX_LISTED} groups.`),
    /** Listed users, in order. */
    users: z.array(receiving).max(MAX_LISTED, `At most ${MAX_LISTED} users.`),
    /** Of members of the groups who are not listed; who is not named receives both. */
    switches: z.array(receiving).max(MAX_LISTED * 2, `At most ${MAX_LISTED * 2} switches.`),
  })
  .superRefine(({ groups, users, switches }, context) => {
    const agents = users.map(({ agent }) => agent);
    const once = (ids: readonly string[], field: (index: number) => (string | number)[]) => {
      for (const index of repeated(ids))
        context.addIssue({ code: 'custom', path: field(index), message: 'This is listed twice.' });
    };
    once(groups, (index) => ['groups', index]);
    once(agents, (index) => ['users', index, 'agent']);
    once([...agents, ...switches.map(({ agent }) => agent)], (index) =>
      index < agents.length
        ? ['users', index, 'agent']
        : ['switches', index - agents.length, 'agent'],
    );
  })
  .meta({ id: 'SupportSettings' });
export type SupportSettings = z.infer<typeof supportSettings>;

/** Whole words, found whatever their accents and case (R9). */
const keyword = text()
  .trim()
  .max(100, 'At most 100 characters.')
  .refine((phrase) => wordsOf(phrase).length > 0, 'Give at least one word.');
const keywords = z.array(keyword).max(MAX_KEYWORDS, `At most ${MAX_KEYWORDS} keywords.`);

const target = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('group'), id: groupId }),
  z.strictObject({ type: z.literal('agent'), id: agentId }),
]);

export const assignmentSettings = z
  .strictObject({
    version,
    /** R4. */
    sticky: z.boolean(),
    /** R5. */
    distribution: z.boolean(),
    /** R6. */
    ownerPriority: z.boolean(),
    mode: z.enum(['sequential', 'random']),
    /** R8: whether only who is online gets something. */
    applyTo: z.enum(['online', 'all']),
    /** In order; the first whose keyword the customer wrote counts (R9). */
    keywordRules: z
      .array(z.strictObject({ keywords: keywords.min(1, 'Give at least one keyword.'), target }))
      .max(MAX_RULES, `At most ${MAX_RULES} rules.`),
    /** R11. */
    transferOwner: z.boolean(),
    /** R12: what staff of the team may do with each other's sessions. */
    view: z.boolean(),
    interact: z.boolean(),
    /** Given to every customer whom the channel creates (R13, R14). */
    leadTag: tagId.nullable(),
    leadSource: text()
      .trim()
      .min(1, 'Give a source, or none.')
      .max(100, 'At most 100 characters.')
      .nullable(),
  })
  .refine(({ view, interact }) => view || !interact, {
    path: ['view'],
    message: 'Who may interact with a session must be able to view it.',
  })
  .meta({ id: 'AssignmentSettings' });
export type AssignmentSettings = z.infer<typeof assignmentSettings>;

const answer = (longest: number) =>
  text()
    .trim()
    .min(1, 'Write something, or switch it off.')
    .max(longest, `At most ${longest} characters.`)
    .nullable();

const commentRule = z
  .strictObject({
    /** Null = every post. */
    postId: text().trim().min(1, 'Choose a post, or all.').max(200).nullable(),
    /** None = every comment. */
    keywords,
    /** What is answered in public, and in private; null = nothing. */
    comment: answer(MAX_COMMENT),
    privateMessage: answer(MAX_MESSAGE),
  })
  .refine(({ comment, privateMessage }) => comment !== null || privateMessage !== null, {
    path: ['comment'],
    message: 'Answer with a comment, a private message, or both.',
  });

const chatText = z
  .strictObject({
    on: z.boolean(),
    text: text().trim().max(MAX_MESSAGE, `At most ${MAX_MESSAGE} characters.`),
  })
  .refine(({ on, text: words }) => !on || words !== '', {
    path: ['text'],
    message: 'Write the text, or switch it off.',
  });

export const interactionSettings = z
  .strictObject({
    version,
    /** R15: with what the composer of a comment session begins. */
    commentReply: z.enum(['comment', 'private']),
    /** R16. */
    automation: z.strictObject({
      rules: z.array(commentRule).max(MAX_RULES, `At most ${MAX_RULES} rules.`),
      /** Comments with a phone number or an e-mail address, once they are answered. */
      hideContacts: z.boolean(),
      /** Facebook only. */
      like: z.boolean(),
    }),
    /** R66. */
    chat: z.strictObject({ away: chatText, firstContact: chatText }),
  })
  .meta({ id: 'InteractionSettings' });
export type InteractionSettings = z.infer<typeof interactionSettings>;

/** The places at which something stands that stood before. */
function repeated(ids: readonly string[]): number[] {
  return [...ids.entries()]
    .filter(([index, id]) => ids.indexOf(id) < index)
    .map(([index]) => index);
}
