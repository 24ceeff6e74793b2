import { z } from 'zod';
import { agentRef, role } from './agent.ts';
import { instant } from './instant.ts';
import { email, newPassword, personName } from './people.ts';

/** The address of an invitation without its secret. */
export const invitationId = z.string().regex(/^[\w-]{43}$/, 'Not an id.');
export const invitationParams = z.strictObject({ id: invitationId });

export const newInvitation = z
  .strictObject({ email, name: personName, role })
  .meta({ id: 'NewInvitation' });
export type NewInvitation = z.infer<typeof newInvitation>;

/** A link that works once. It is shown here and never again: only its hash is kept. */
export const oneTimeLink = z
  .strictObject({ url: z.url(), expiresAt: instant })
  .meta({ id: 'OneTimeLink' });

/** One that can still be accepted. */
export const invitation = z
  .strictObject({
    id: invitationId,
    email: z.string(),
    name: z.string(),
    role,
    /** Null = the installation itself. */
    invitedBy: agentRef.nullable(),
    createdAt: instant,
    expiresAt: instant,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof invitation>;

export const invitationList = z
  .strictObject({ invitations: z.array(invitation) })
  .meta({ id: 'InvitationList' });

const token = z.string().regex(/^[\w-]{20,200}$/, 'Not a link of ours.');
export const linkRequest = z.strictObject({ token });

/** What a link is for, before it is used: asking does not use it up. */
export const linkView = z
  .strictObject({
    purpose: z.enum(['invitation', 'reset']),
    workspace: z.string(),
    email: z.string(),
    name: z.string(),
    expiresAt: instant,
  })
  .meta({ id: 'Link' });

export const acceptRequest = z
  .strictObject({
    token,
    /** As invited, if left out. A new password changes no name. */
    name: personName.optional(),
    password: newPassword,
  })
  .meta({ id: 'AcceptLink' });
