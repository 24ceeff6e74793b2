import { z } from 'zod';
import { agentId } from './ids.ts';
import { instant } from './instant.ts';
import { text } from './text.ts';

export const apiTokenId = z.string().regex(/^[\w-]{1,64}$/, 'Not an id.');

const shown = {
  id: apiTokenId,
  name: z.string(),
  createdAt: instant,
  /** To about a minute; null = never. */
  lastUsedAt: instant.nullable(),
};

/** Lets a program act as its agent, with the agent's rights. */
export const apiToken = z.strictObject(shown).meta({ id: 'ApiToken' });
export type ApiToken = z.infer<typeof apiToken>;

/** The token itself is shown here and never again: only its hash is kept. */
export const issuedToken = z.strictObject({ ...shown, token: z.string() }).meta({
  id: 'IssuedToken',
});

export const tokenList = z.strictObject({ tokens: z.array(apiToken) }).meta({ id: 'TokenList' });

export const newToken = z
  .strictObject({ name: text().trim().min(1, 'Give a name.').max(100, 'At most 100 characters.') })
  .meta({ id: 'NewToken' });

export const ownTokenParams = z.strictObject({ id: apiTokenId });
export const tokenParams = z.strictObject({ id: agentId, token: apiTokenId });
