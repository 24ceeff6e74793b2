import { z } from 'zod';

/** R58. Online: a browser is connected, or was until just now, and the agent is not away. */
export const presence = z
  .strictObject({ online: z.boolean(), away: z.boolean() })
  .meta({ id: 'Presence' });

export const presenceRequest = z.strictObject({ away: z.boolean() }).meta({ id: 'SetPresence' });
