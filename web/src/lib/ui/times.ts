import type { Language } from '#lib/words/index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const tags = { en: 'en-GB', vi: 'vi-VN' };
const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(tags[language], options);
  formats.set(key, known);
  return known;
}

/** 14:05 */
export function timeOf(iso: string, language: Language, timeZone: string): string {
  return format(language, { hour: '2-digit', minute: '2-digit', timeZone }).format(new Date(iso));
}

/** Sunday 22 November */
export function dayOf(iso: string, language: Language, timeZone: string): string {
  const options = { weekday: 'long', day: 'numeric', month: 'long', timeZone } as const;
  return format(language, options).format(new Date(iso));
}

/** A name of the day that sorts and compares: 2026-11-22 */
export function dayKey(iso: string, timeZone: string): string {
  return format('en', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone })
    .format(new Date(iso))
    .split('/')
    .reverse()
    .join('-');
}

/** In the list: the time of today's, else the date. */
export function shortTime(iso: string, now: number, { language, timeZone }: Place): string {
  const isToday = dayKey(iso, timeZone) === dayKey(new Date(now).toISOString(), timeZone);
  if (isToday) return timeOf(iso, language, timeZone);
  return format(language, { day: 'numeric', month: 'numeric', timeZone }).format(new Date(iso));
}
type Place = { language: Language; timeZone: string };

const units = {
  en: { d: 'd', h: 'h', m: 'min', s: 's' },
  vi: { d: 'ngày', h: 'giờ', m: 'phút', s: 'giây' },
};

/** How long, in its two largest units: 2 h 5 min. Below a minute in seconds. */
export function duration(ms: number, language: Language): string {
  const { d, h, m, s } = units[language];
  const left = Math.max(0, ms);
  if (left < MINUTE) return `${Math.floor(left / 1_000)} ${s}`;
  if (left < HOUR) return `${Math.floor(left / MINUTE)} ${m}`;
  const [large, small] = left < DAY ? [HOUR, MINUTE] : [DAY, HOUR];
  const [largeName, smallName] = left < DAY ? [h, m] : [d, h];
  const rest = Math.floor((left % large) / small);
  return `${Math.floor(left / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}
