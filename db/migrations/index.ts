import * as core from './0001_core.ts';

/** Every migration by name, in order. Additive only, and never edited after release. */
export const migrations: Record<string, { sql: string }> = {
  '0001_core': core,
};
