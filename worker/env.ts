import { z } from 'zod';

const schema = z.object({
  DATABASE_URL: z.string().min(1, 'set DATABASE_URL, for example postgres://localhost/everthread'),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  GRAPH_API_URL: z.string().default('http://127.0.0.1:4020'),
  GRAPH_API_VERSION: z.string().default('v26.0'),
  META_APP_SECRET: z.string().default(''),
  SECRET_KEY: z.string().min(1, 'set SECRET_KEY to the key that the tokens were encrypted with'),
  /** Path of a prebuilt workflow bundle; without it the worker bundles at start. */
  WORKFLOW_BUNDLE: z.string().optional(),
  /** Sessions kept in memory; each costs about 0.25 MB. */
  MAX_CACHED_SESSIONS: z.coerce.number().int().min(0).default(1_500),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type WorkerEnv = z.infer<typeof schema>;

/** The worker's environment. Throws with every fault named, and what to set. */
export function parseWorkerEnv(env: NodeJS.ProcessEnv): WorkerEnv {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment is incomplete.\n${faults.join('\n')}`);
}
