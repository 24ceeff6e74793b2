import { sql } from 'kysely';
import type { AgentRef } from '#contracts/agent.ts';
import type { TraceStep } from '#contracts/history.ts';
import type { Trace } from '#domain/assignment.ts';
import type { AgentId } from '#domain/ids.ts';
import type { Db } from './database.ts';

/** Names of agents and groups by their ids. */
export type Names = ReadonlyMap<string, string>;

/** The names behind some ids, whoever they belong to; what is unknown is left out. */
export async function namesOf(db: Db, ids: readonly string[]): Promise<Names> {
  if (ids.length === 0) return new Map();
  const wanted = [...new Set(ids)];
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from agent where id = any(${wanted}::text[])
    union all
    select id, name from team_group where id = any(${wanted}::text[])
  `.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export function nameOf(names: Names, id: AgentId): AgentRef;
export function nameOf(names: Names, id: AgentId | null): AgentRef | null;
export function nameOf(names: Names, id: AgentId | null): AgentRef | null {
  return id === null ? null : { id, name: names.get(id) ?? '' };
}

/** Everybody and every group that a trace mentions. */
export function idsIn(trace: Trace | null): string[] {
  const steps = trace?.steps ?? [];
  return steps.flatMap(({ candidates, about, target }) => [
    ...candidates.map(({ agent }) => agent),
    ...[about, target].filter((one) => one !== undefined),
  ]);
}

/** How the rules came to a decision, with names (R10). */
export function whyOf(trace: Trace | null, names: Names): TraceStep[] {
  const steps = trace?.steps ?? [];
  return steps.map(({ rule, result, about, target, candidates }) => ({
    rule,
    result: names.get(result) ?? result,
    about: about === undefined ? null : (names.get(about) ?? about),
    target: target === undefined ? null : (names.get(target) ?? target),
    candidates: candidates.map(({ agent, taken, why }) => ({
      agent: nameOf(names, agent),
      taken,
      why,
    })),
  }));
}
