/** How a person likes the desk; kept in a cookie, so that the server's first paint is already right. */
export type Prefs = {
  lang: 'en' | 'vi';
  theme: 'system' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  /** Single-key shortcuts (WCAG 2.1.4: they can be switched off). */
  keys: boolean;
  sound: boolean;
  /** Where the browser is (IANA); null until it has said so. */
  timeZone: string | null;
};

export const PREFS_COOKIE = 'everthread-prefs';

type Chosen = Omit<Prefs, 'timeZone'>;
const choices: { [Key in keyof Chosen]: readonly Chosen[Key][] } = {
  lang: ['en', 'vi'],
  theme: ['system', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  keys: [true, false],
  sound: [true, false],
};

const YEAR_SECONDS = 31_536_000;

/** What a browser keeps, as it is written into `document.cookie`. */
export function prefsCookie(prefs: Prefs): string {
  const value = encodeURIComponent(JSON.stringify(prefs));
  return `${PREFS_COOKIE}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

/** @param cookie whatever a browser sent @param accepts its Accept-Language, for who has not chosen */
export function readPrefs(cookie: string | undefined, accepts: string | null): Prefs {
  const given = parse(cookie);
  const pick = <Key extends keyof Chosen>(key: Key, otherwise: Chosen[Key]): Chosen[Key] =>
    choices[key].find((choice) => choice === given[key]) ?? otherwise;
  return {
    lang: pick('lang', /^\s*vi\b/i.test(accepts ?? '') ? 'vi' : 'en'),
    theme: pick('theme', 'system'),
    density: pick('density', 'comfortable'),
    keys: pick('keys', true),
    sound: pick('sound', true),
    timeZone: isTimeZone(given.timeZone) ? given.timeZone : null,
  };
}

function parse(cookie: string | undefined): Record<string, unknown> {
  try {
    return (JSON.parse(cookie ?? '{}') ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isTimeZone(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: value }));
  } catch {
    return false;
  }
}
