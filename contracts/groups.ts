import { z } from 'zod';
import { agentId, groupId } from './ids.ts';
import { text } from './text.ts';

const MAX_MEMBERS = 500;

const name = text().trim().min(1, 'Give a name.').max(100, 'At most 100 characters.');
/** In the order in which sessions go round (R3, R7). */
const members = z
  .array(agentId)
  .max(MAX_MEMBERS, `At most ${MAX_MEMBERS} members.`)
  .refine((ids) => new Set(ids).size === ids.length, 'Name each member once.');

export const group = z
  .strictObject({
    id: groupId,
    name: z.string(),
    /** In order; disabled people too, who come back to their place. */
    members: z.array(agentId),
    version: z.int().min(1),
  })
  .meta({ id: 'Group' });
export type Group = z.infer<typeof group>;

export const groupList = z.strictObject({ groups: z.array(group) }).meta({ id: 'GroupList' });

export const newGroup = z
  .strictObject({ name, members: members.default([]) })
  .meta({ id: 'NewGroup' });
export type NewGroup = z.infer<typeof newGroup>;

export const groupChange = z
  .strictObject({
    /** Of what was loaded: a save over somebody else's is refused. */
    version: z.int().min(1),
    name: name.optional(),
    members: members.optional(),
  })
  .meta({ id: 'GroupChange' });
export type GroupChange = z.infer<typeof groupChange>;

export const groupParams = z.strictObject({ id: groupId });
