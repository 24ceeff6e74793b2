import type { TemporalClient } from './temporal.ts';

/** An answer is good for this long: health is asked for often, by many. */
const FRESH_MS = 2_000;
const ANSWER_LIMIT_MS = 1_000;

/** Asks Temporal whether it is there. */
export function createTemporalStatus(
  temporal: Pick<TemporalClient, 'get'>,
): () => Promise<'ok' | 'down'> {
  let asked = -Infinity;
  let answer: Promise<'ok' | 'down'> = Promise.resolve('down');
  return () => {
    if (performance.now() - asked > FRESH_MS) {
      asked = performance.now();
      answer = ask(temporal);
    }
    return answer;
  };
}

async function ask(temporal: Pick<TemporalClient, 'get'>): Promise<'ok' | 'down'> {
  const client = await temporal.get();
  if (client === null) return 'down';
  try {
    await client.connection.withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
      client.workflowService.getSystemInfo({}),
    );
    return 'ok';
  } catch {
    // Refused, too slow or gone: whichever it is, it is down.
    return 'down';
  }
}
