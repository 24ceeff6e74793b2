import { z } from 'zod';

export const migrateAnswer = z
  .strictObject({
    /** Open sessions whose run was asked. */
    sessions: z.int(),
  })
  .meta({ id: 'MigrateAnswer' });
