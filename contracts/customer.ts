/** A customer as a person of a small CRM (R62). */
import { z } from 'zod';
import { agentRef } from './agent.ts';
import { errorCode } from './errors.ts';
import { agentId, channelId, customerId, sessionId, tagId } from './ids.ts';
import { instant } from './instant.ts';
import { sessionKind } from './session.ts';
import { tag } from './tag.ts';
import { text } from './text.ts';

const MAX_NOTE = 2_000;
const MAX_TAGS = 50;

const customerNoteId = z.string().regex(/^[\w-]{1,64}$/, 'Not an id.');

export const customerStage = z.enum(['lead', 'contact']);

export const customerContact = z
  .strictObject({
    kind: z.enum(['phone', 'email']),
    /** In one form: +84912345678, or lower case. */
    value: z.string(),
    foundAt: instant,
  })
  .meta({ id: 'CustomerContact' });

export const customerNote = z
  .strictObject({
    id: customerNoteId,
    agent: agentRef,
    text: z.string(),
    at: instant,
    /** Whether the viewer may take it away: who wrote it and admins. */
    removable: z.boolean(),
  })
  .meta({ id: 'CustomerNote' });
export type CustomerNote = z.infer<typeof customerNote>;

/** The person as one channel knows them. */
export const customerIdentity = z
  .strictObject({
    id: customerId,
    channel: z.strictObject({
      id: channelId,
      platform: z.enum(['facebook', 'instagram']),
      name: z.string(),
    }),
    name: z.string().nullable(),
    pictureUrl: z.string().nullable(),
    blockedAt: instant.nullable(),
    blockedBy: agentRef.nullable(),
    /** What the viewer may do with it. */
    access: z.enum(['view', 'act']),
  })
  .meta({ id: 'CustomerIdentity' });

export const customerSession = z
  .strictObject({
    id: sessionId,
    customerId,
    channelId,
    kind: sessionKind,
    status: z.enum(['open', 'closing', 'done']),
    assignee: agentRef.nullable(),
    lastMessageAt: instant,
    preview: z.string().nullable(),
  })
  .meta({ id: 'CustomerSession' });

export const customer = z
  .strictObject({
    id: customerId,
    name: z.string().nullable(),
    pictureUrl: z.string().nullable(),
    access: z.enum(['view', 'act']),
    stage: customerStage,
    leadSource: z.string().nullable(),
    owner: agentRef.nullable(),
    tags: z.array(tag),
    contacts: z.array(customerContact),
    /** On this channel; on others see the identities. */
    blocked: z.boolean(),
    /** This one first, then the same person on other channels, as far as the viewer may see them. */
    identities: z.array(customerIdentity),
    /** Of all identities, newest first, those that the viewer may see. */
    sessions: z.array(customerSession),
    /** Newest first. */
    notes: z.array(customerNote),
  })
  .meta({ id: 'Customer' });
export type Customer = z.infer<typeof customer>;

/** What is left out stays as it is. */
export const customerChange = z
  .strictObject({
    stage: customerStage.optional(),
    leadSource: text()
      .trim()
      .min(1, 'Write where they come from, or null.')
      .max(200, 'At most 200 characters.')
      .nullable()
      .optional(),
    /** Of the channel's team; null = nobody. */
    owner: agentId.nullable().optional(),
  })
  .meta({ id: 'CustomerChange' });
export type CustomerChange = z.infer<typeof customerChange>;

/** All tags that the customer is to have. */
export const customerTags = z
  .strictObject({ tags: z.array(tagId).max(MAX_TAGS, `At most ${MAX_TAGS} tags.`) })
  .meta({ id: 'CustomerTags' });

export const customerNoteRequest = z
  .strictObject({
    text: text().trim().min(1, 'Write something.').max(MAX_NOTE, `At most ${MAX_NOTE} characters.`),
  })
  .meta({ id: 'NewCustomerNote' });

export const mergeRequest = z
  .strictObject({
    /** The same person on another channel: what is known of them counts from then on. */
    into: customerId,
  })
  .meta({ id: 'CustomerMerge' });

export const blockAnswer = z
  .strictObject({
    /** What was still open with them and was asked to be done; those that the viewer may not close stay as they are. */
    sessions: z.array(
      z.discriminatedUnion('state', [
        z.strictObject({ id: sessionId, state: z.enum(['done', 'pending']) }),
        z.strictObject({ id: sessionId, state: z.literal('refused'), code: errorCode }),
      ]),
    ),
  })
  .meta({ id: 'CustomerBlocked' });
export type BlockAnswer = z.infer<typeof blockAnswer>;

export const customerEvent = z
  .strictObject({
    id: z.string(),
    /** Null = the same person on a channel on which the viewer may not see them. */
    customerId: customerId.nullable(),
    at: instant,
    type: z.enum([
      'created',
      'contact_found',
      'stage_changed',
      'lead_source_changed',
      'owner_changed',
      'tag_added',
      'tag_removed',
      'note_added',
      'note_removed',
      'merged',
      'split',
      'blocked',
      'unblocked',
    ]),
    /** Null = the rules. */
    by: agentRef.nullable(),
    /** In words: a stage, a source, an agent's name, a tag, a contact, a customer's name. */
    from: z.string().nullable(),
    to: z.string().nullable(),
    /** Of the owner: assignment, by hand. */
    how: z.string().nullable(),
    /** Of what made the customer: the names that the channel's settings gave (R13, R14). */
    given: z
      .strictObject({ tag: z.string().nullable(), leadSource: z.string().nullable() })
      .nullable(),
  })
  .meta({ id: 'CustomerEvent' });
export type CustomerEvent = z.infer<typeof customerEvent>;

export const customerHistory = z
  .strictObject({ entries: z.array(customerEvent), cursor: z.string().nullable() })
  .meta({ id: 'CustomerHistory' });

export const customerParams = z.strictObject({ id: customerId });
export const customerNoteParams = customerParams.extend({ note: customerNoteId });
