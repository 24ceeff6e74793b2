import { z } from 'zod';

export const liveAnswer = z.strictObject({ status: z.literal('ok') });

/** Whether this process can do its work, part by part. Temporal down is degraded: ingest goes on. */
export const readyAnswer = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'unready']),
    postgres: z.enum(['ok', 'down']),
    temporal: z.enum(['ok', 'down', 'unknown']),
    /** By how much this machine's clock is ahead of Postgres's. */
    clockSkewMs: z.number().nullable(),
    /** Age of the oldest delivery that nobody has read yet; 0 = all were read. */
    intakeLagMs: z.number().nullable(),
    /** Age of the oldest journal entry that was not handed to Temporal yet. */
    relayLagMs: z.number().nullable(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readyAnswer>;
