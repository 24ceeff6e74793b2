import type { Readiness } from '#contracts/health.ts';
import { readLag } from '#db/lag.ts';
import type { ApiDeps } from './deps.ts';

/** Deadlines are made by Postgres's clock and followed by this machine's: from this much on somebody should know. */
const MAX_SKEW_MS = 500;
const MAX_INTAKE_LAG_MS = 30_000;

/** Whether this process can do its work. Without Postgres it cannot; without Temporal it still takes everything in. */
export async function readiness(
  deps: Pick<ApiDeps, 'db' | 'temporalStatus' | 'isServing'>,
): Promise<Readiness> {
  const temporal = await deps.temporalStatus();
  if (!deps.isServing()) return unready(temporal, 'ok', 'The process is stopping.');
  try {
    const askedAt = Date.now();
    const lag = await readLag(deps.db);
    const clockSkewMs = Math.round((askedAt + Date.now()) / 2 - lag.now.getTime());
    const warnings = warningsOf(clockSkewMs, lag.intakeMs);
    return {
      status: temporal === 'down' ? 'degraded' : 'ok',
      postgres: 'ok',
      temporal,
      clockSkewMs,
      intakeLagMs: Math.round(lag.intakeMs),
      relayLagMs: Math.round(lag.relayMs),
      warnings,
    };
  } catch {
    // Whatever the reason: without its answer no request can be served, and the answer says so.
    return unready(temporal, 'down', 'Postgres does not answer.');
  }
}

function unready(
  temporal: Readiness['temporal'],
  postgres: Readiness['postgres'],
  warning: string,
): Readiness {
  return {
    status: 'unready',
    postgres,
    temporal,
    clockSkewMs: null,
    intakeLagMs: null,
    relayLagMs: null,
    warnings: [warning],
  };
}

function warningsOf(clockSkewMs: number, intakeLagMs: number): string[] {
  const warnings: string[] = [];
  if (Math.abs(clockSkewMs) > MAX_SKEW_MS)
    warnings.push(
      `This machine's clock and Postgres's differ by ${clockSkewMs} ms: use NTP on both.`,
    );
  if (intakeLagMs > MAX_INTAKE_LAG_MS)
    warnings.push('Deliveries wait to be read: is a process with ROLES=ingest running?');
  return warnings;
}
