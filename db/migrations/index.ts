import * as core from './0001_core.ts';
import * as desk from './0002_desk.ts';
import * as comments from './0003_comments.ts';
import * as engine from './0004_engine.ts';
import * as search from './0005_search.ts';

/** Every migration by name, in order. Additive only, and never edited after release. */
export const migrations: Record<string, { sql: string }> = {
  '0001_core': core,
  '0002_desk': desk,
  '0003_comments': comments,
  '0004_engine': engine,
  '0005_search': search,
};
