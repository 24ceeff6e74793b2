import pg from 'pg';

/** SQLSTATE classes and codes: connection exceptions, too many connections, shutting down or starting, time-outs. */
const AWAY = /^(08|53300|57014|57P0[1-3]|55P03)/;
const NETWORK = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EHOSTUNREACH'];
/** What is no text, no JSON, no time or too large a number to Postgres. */
const NOT_STORABLE = ['22003', '22021', '22P05', '22007', '22008'];
/** What pg says without a code. */
const WORDS = /^(timeout exceeded|Connection terminated|Query read timeout|Client has encountered)/;

/** Whether an error means that Postgres cannot be reached or is too slow: asking again later may help. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error instanceof pg.DatabaseError) return AWAY.test(code);
  return NETWORK.includes(code) || WORDS.test(error.message);
}

/** Whether Postgres cannot hold a value that was sent: it came from outside, and the same again is refused again. */
export function isNotStorable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && NOT_STORABLE.includes(error.code ?? '');
}
