import { z } from 'zod';

/** Text that Postgres and the platforms can hold: NUL and halves of characters become U+FFFD. */
export function text(): z.ZodString {
  return z.string().overwrite((raw) => raw.replaceAll('\0', '\uFFFD').toWellFormed());
}
