import { isDeepStrictEqual } from 'node:util';

/** What of some settings became different: the audit log says no more than that (R55). Null when nothing did. */
export function changedFields<Settings extends object>(
  before: Settings,
  after: Settings,
): { before: Partial<Settings>; after: Partial<Settings> } | null {
  // Object.keys forgets which keys there are.
  const names = (Object.keys(after) as (keyof Settings)[]).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  if (names.length === 0) return null;
  return { before: pick(before, names), after: pick(after, names) };
}

function pick<Settings extends object>(
  settings: Settings,
  names: readonly (keyof Settings)[],
): Partial<Settings> {
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as Partial<Settings>;
}
