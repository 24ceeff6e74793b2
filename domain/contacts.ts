/** Phone numbers and e-mail addresses in what people write (R16, R62). Better one missed than a price taken for a number. */
import { fold } from './fold.ts';

export type Contact = { kind: 'phone' | 'email'; value: string };

/** Contacts in one form each, so that the same one is found again: `+84…`, or lower case. In their order, each once. */
export function findContacts(text: string): Contact[] {
  const read = plain(text);
  const found = new Map<string, Contact>();
  for (const [email] of read.matchAll(EMAIL))
    keep(found, { kind: 'email', value: email.toLowerCase() });
  const rest = read.replace(EMAIL, '\n').replace(DASH, '-');
  for (const value of findPhones(rest)) keep(found, { kind: 'phone', value });
  return [...found.values()];
}

/** Whether a text tells how to reach somebody outside of here. */
export function hasContact(text: string): boolean {
  return findContacts(text).length > 0;
}

/** From the signs of ASCII to the full-width ones. */
const FULL_WIDTH = 0xfee0;
const DASH = /[\p{Pd}\u2212]/gu;

/** In ASCII digits, signs and spaces, without what nobody sees. Not by NFKC: that makes digits of ① and ² as well. */
function plain(text: string): string {
  // A drawn digit before a written one counts the lines: 1️⃣0912345678.
  return text
    .replace(/\ufe0f?\u20e3(?=\d(?!\ufe0f?\u20e3))/g, ' ')
    .replace(/\p{Cf}|\ufe0f|\u20e3/gu, '')
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - FULL_WIDTH))
    .replace(/[^\P{Nd}0-9]/gu, asciiDigit)
    .replace(/\p{Zs}/gu, ' ');
}

/** Every script has its ten digits in a row, some several times one behind the other. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % 10);
}

function keep(found: Map<string, Contact>, contact: Contact): void {
  found.set(`${contact.kind}/${contact.value}`, contact);
}

// Lengths are limited as mail limits them: without that a long row of letters would be read over and over.
const EMAIL =
  /(?<![\p{L}\d._%+-])[a-z\d][a-z\d._%+-]{0,63}@(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}(?![\p{L}\d_-])/giu;

/** Digits that stand together, with what is written before and after them. */
type Group = { digits: string; before: string; start: number; end: number };
/** A number made of the groups up to `next`, exclusive. */
type Phone = { value: string; next: number };

/** What may stand between the groups of one number. A line's end may not. */
const SEPARATOR = /^[ \t.\-()·•_*]{1,3}$/;
/** Between the digits of amounts, ids and dates as well: these go on beyond such a sign. */
const TIGHT_SEPARATOR = /^[.\-·•_*]$/;

function findPhones(text: string): string[] {
  const groups = groupsOf(text);
  const phones = phonesFrom(text, groups);
  const found: string[] = [];
  let endOfLast = -1;
  for (let at = 0; at < groups.length;) {
    const phone = phones[at] ?? null;
    if (phone === null || (endOfLast !== at && isMoreOfARow(groups, at))) {
      at += 1;
      continue;
    }
    found.push(phone.value);
    at = endOfLast = phone.next;
  }
  return found;
}

/** What could be a number at each group. Its row may go on with another only: `0912345678-0987654321`. */
function phonesFrom(text: string, groups: readonly Group[]): (Phone | null)[] {
  const phones: (Phone | null)[] = groups.map(() => null);
  for (let at = groups.length - 1; at >= 0; at -= 1) {
    const phone = phoneAt(text, groups, at);
    if (phone === null) continue;
    const goesOn = isMoreOfARow(groups, phone.next) && phones[phone.next] === null;
    if (!goesOn) phones[at] = phone;
  }
  return phones;
}

/** Whether a group belongs to the one before it: close behind it, or one more of as many digits, spaced as that was. */
function isMoreOfARow(groups: readonly Group[], at: number): boolean {
  const group = groups[at];
  const previous = groups[at - 1];
  if (group === undefined || previous === undefined) return false;
  if (TIGHT_SEPARATOR.test(group.before)) return !isInList(groups, at);
  // As things are counted off: 05 10 15 20.
  const isCounted = /^\d{1,3}$/.test(group.digits) && SEPARATOR.test(group.before);
  const isAsLong = group.digits.length === previous.digits.length;
  return isCounted && isAsLong && group.before === previous.before;
}

/** Whether a line begins `1.0912345678`, and does not go on like a place on the map (`9.0912345678, 105.15`). */
function isInList(groups: readonly Group[], at: number): boolean {
  const [marker, group, next, afterNext] = groups.slice(at - 1, at + 3);
  if (marker === undefined || group?.before !== '.' || !/^0\d{3}/.test(group.digits)) return false;
  const beginsLine = at === 1 ? /(?:^|\n)[ \t]*$/ : /\n[ \t]*$/;
  if (/^[,; -]{1,4}$/.test(next?.before ?? '') && afterNext?.before === '.') return false;
  return /^[1-9]$/.test(marker.digits) && beginsLine.test(marker.before);
}

function groupsOf(text: string): Group[] {
  let end = 0;
  return [...text.matchAll(/\d+/g)].map(({ 0: digits, index: start }) => {
    const before = text.slice(end, start);
    end = start + digits.length;
    return { digits, before, start, end };
  });
}

function phoneAt(text: string, groups: readonly Group[], at: number): Phone | null {
  const written = groups.slice(at, at + MOST_DIGITS);
  const broken = written.findIndex((group, index) => index > 0 && !SEPARATOR.test(group.before));
  const joined = broken === -1 ? written : written.slice(0, broken);
  const hasPlus = joined[0]?.before.endsWith('+') === true;
  const read = hasPlus ? withPlus(joined) : inVietnam(joined);
  if (read === null || !mayBegin(text, joined[0]?.start ?? 0)) return null;
  const used = joined.slice(0, read.count);
  const end = used.at(-1)?.end ?? 0;
  if (isAmount(used, text.slice(end, end + 8))) return null;
  return { value: read.value, next: at + read.count };
}

/** Words that are written close before a number, folded. */
const CALLED =
  /(?:sdt|dt|so|phone|tel|hotline|mobile|zalo|zl|whatsapp|viber|lh|alo|dien ?thoai|lien ?he|(?<!\p{L})(?:goi|em|ib|inbox|call))$/u;
const CALLING_LINK = /(?:zalo\.me|wa\.me)\/$/;
/** What is numbered besides: orders, parcels, goods, taxpayers, accounts. */
const THINGS = [
  'ma(?: so)? (?:don(?: hang)?|giao dich|buu gui|order|thue|dh|vd|hang|sp|san pham)',
  'van don(?: hang)?|m?dh|mvd|(?:order|tracking)(?: id| no| number| code)?|mst',
  's?tk|(?:so )?tai khoan|ngan hang|vcb|tcb|mb|bidv|acb|agribank|(?:viet(?:com|in)|techcom|mb|vp|tp|sacom|hd|exim|sea) ?bank|vib|shb|ocb|msb|scb',
].join('|');
const OF_SOMETHING_ELSE = new RegExp(`(?:#|(?<!\\p{L})(?:${THINGS})(?: so| la)* ?[:.-]? ?)$`, 'u');

/** Whether what stands before some digits lets a phone number begin there. */
function mayBegin(text: string, start: number): boolean {
  const before = fold(text.slice(Math.max(0, start - 40), start));
  if (OF_SOMETHING_ELSE.test(before)) return false;
  // A letter makes it a code (DH0912345678), if it does not say that a number follows (sđt0912345678).
  if (/\p{L}\+?$/u.test(before)) return CALLED.test(before.replace(/\+$/, ''));
  if (before.endsWith('/')) return CALLING_LINK.test(before) || /(?:^|[\d\s])\/$/.test(before);
  return !/(?:[=_&$₫]|\d\+)$/.test(before);
}

type Read = { value: string; count: number };

/** With what stands before a number inside of the country: 0, 84 or 0084. */
function inVietnam(groups: readonly Group[]): Read | null {
  const first = groups[0]?.digits ?? '';
  const trunk = ['0084', '84', '0'].find((one) => first.startsWith(one));
  return trunk === undefined ? null : national(groups, trunk);
}

/** A mobile number is nine digits behind the trunk, a number on a line ten. */
const NATIONAL = /^(?:[35789]\d{8}|2\d{9})$/;
const LONGEST_NATIONAL = 10;

/** The groups that make up a number in Vietnam exactly. */
function national(groups: readonly Group[], trunk: string): Read | null {
  let digits = '';
  for (const [index, group] of groups.entries()) {
    digits += group.digits;
    const behind = digits.slice(trunk.length);
    // Abroad people also write the nought that belongs inside of the country: +84 (0)912…
    const rest = trunk === '0' ? behind : behind.replace(/^0/, '');
    if (rest.length > LONGEST_NATIONAL) return null;
    if (NATIONAL.test(rest) && isOneNumber(groups.slice(0, index + 1), trunk))
      return { value: `+84${rest}`, count: index + 1 };
  }
  return null;
}

/** How people group a number that they begin with its first two digits, or digit by digit. */
const GROUPINGS = /^(?:1{10,11}|2{5}|2332|2233)$/;

/** Whether the groups look like those of one number, and not like a date with a time (09-12-2024 10) or a fraction. */
function isOneNumber(groups: readonly Group[], trunk: string): boolean {
  const [first, ...others] = groups;
  if (first === undefined) return false;
  if (trunk !== '0' || first.digits.length >= 3) return true;
  const [second, third] = others;
  if (first.digits === '0' && second?.before === '.' && third?.before !== '.') return false;
  if (others.every(({ digits }) => digits.length >= 3)) return true;
  const isKnown = GROUPINGS.test(groups.map(({ digits }) => digits.length).join(''));
  const isEven = others.slice(1).every(({ before }) => before === third?.before);
  const isPrice = others.some(({ digits }) => digits === '000');
  return isKnown && isEven && !isPrice && !areDaysOrTimes(groups);
}

const LAST = { day: 31, minute: 59 };
/** Whether pairs of digits may as well be days and hours (08 12 13 17 30), or minutes in their order. */
function areDaysOrTimes(groups: readonly Group[]): boolean {
  if (groups.some(({ digits }) => digits.length !== 2)) return false;
  const numbers = groups.map(({ digits }) => Number(digits));
  const rises = numbers.every((number, index) => number > (numbers[index - 1] ?? -1));
  return numbers.every((number) => number <= (rises ? LAST.minute : LAST.day));
}

/** With fewer digits it is no number of a whole country's, with more none at all (E.164). */
const FEWEST_DIGITS = 8;
const MOST_DIGITS = 15;

/** A number with its country. Of Vietnam's the length is known; others go on as long as groups follow. */
function withPlus(groups: readonly Group[]): Read | null {
  const first = groups[0]?.digits ?? '';
  if (first.startsWith('84')) return national(groups, '84');
  if (first.startsWith('0')) return null;
  let digits = '';
  let count = 0;
  for (const group of groups) {
    const isWhole = first.length >= FEWEST_DIGITS && count > 0;
    const isAside = digits.length >= FEWEST_DIGITS && group.digits.length < 2;
    if (isWhole || isAside || digits.length + group.digits.length > MOST_DIGITS) break;
    digits += group.digits;
    count += 1;
  }
  return digits.length < FEWEST_DIGITS ? null : { value: `+${digits}`, count };
}

const CURRENCY = /^ ?(?:[₫$€%]|(?:vn[dđ]|usd|[dđ][oồ]ng|nghìn|ngàn|triệu|t[ỷỉ])(?![\p{L}\d]))/iu;
/** These are words as well: “k ạ”, “đ/c Hà Nội”. */
const SHORT_CURRENCY = /^ ?(?:[dđk]|tr)(?![\p{L}\d])/iu;

/** Thousands in groups of three that end in noughts, or digits with a currency behind them. */
function isAmount(groups: readonly Group[], after: string): boolean {
  const [first, ...others] = groups;
  // No amount begins with a nought.
  if (first === undefined || first.digits.startsWith('0')) return false;
  if (CURRENCY.test(after)) return true;
  const isGrouped = others.length > 0 && others.every(({ digits }) => digits.length === 3);
  // Vietnam's numbers are known by their length, so that what may be a word says nothing behind them.
  const isVietnam = first.digits.startsWith('84');
  const isSure = isVietnam && first.before.endsWith('+');
  const mayBeWord = isSure || (isVietnam && !isGrouped && after.startsWith(' '));
  if (!mayBeWord && SHORT_CURRENCY.test(after)) return true;
  const isApart = isSure && others.every(({ before }) => !before.includes('.'));
  return isGrouped && others.at(-1)?.digits === '000' && !isApart;
}
