import { pino, type Logger } from 'pino';

/**
 * JSON lines without personal data: ids, counts, codes and times. Errors are logged through `describeError` wherever
 * they come from, as `err`.
 */
export function createLog(level: string): Logger {
  return pino(
    { name: 'api', level, serializers: { err: describeError } },
    // A write for each line would keep the next request waiting; what is not written yet is at the process's exit.
    pino.destination({ sync: false }),
  );
}

/**
 * What may be known of an error. Only plain errors keep their words: those of Postgres, of V8's JSON parser and of
 * schemas quote the values that they complain about.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const isPlain = error.constructor === Error || error.constructor === TypeError;
  return {
    type: error.name,
    ...(isPlain ? { message: error.message } : {}),
    ...pick(error, ['code', 'severity', 'table', 'constraint', 'routine']),
    stack: frames(error),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function pick(error: object, names: readonly string[]): Record<string, string> {
  const found = Object.entries(error).filter(
    (entry): entry is [string, string] => names.includes(entry[0]) && typeof entry[1] === 'string',
  );
  return Object.fromEntries(found);
}

/** Where it happened: the stack without its first lines, which repeat the message. */
function frames(error: Error): string[] {
  const lines = error.stack?.split('\n') ?? [];
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
