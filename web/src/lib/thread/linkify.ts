/** Text in pieces: what is an address on the web, and what is not. Nothing of it is ever read as HTML. */
export type Piece = { text: string; href: string | null };

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"“”]+/giu;
const TRAILING = /[.,;:!?'’…*_~]+$/u;
const PAIRS = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
] as const;

export function toPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = withoutTrail(found);
    const href = safeHref(/^www\./i.test(address) ? `https://${address}` : address);
    if (href === null) continue;
    if (index > end) pieces.push({ text: text.slice(end, index), href: null });
    pieces.push({ text: address, href });
    end = index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null });
  return pieces;
}

/** @returns an address that a link may lead to; null for everything that is not on the web */
export function safeHref(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { protocol } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? address : null;
}

/** The sentence's own signs at its end are not the address's: "(see https://a.b/c)." */
function withoutTrail(address: string): string {
  let kept = address;
  for (let before = ''; before !== kept;) {
    before = kept;
    kept = kept.replace(TRAILING, '');
    for (const [open, close] of PAIRS)
      if (kept.endsWith(close) && count(kept, close) > count(kept, open)) kept = kept.slice(0, -1);
  }
  return kept;
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
