/** How long an answer may be. The server decides (channels/<platform>/limits.ts); this warns while it is written. */
type Limit = { length: number; unit: 'characters' | 'bytes' };

/** Sources: Send API reference (text) and the comment edges of the Graph API and the Instagram API. */
const limits = {
  facebook: {
    message: { length: 2_000, unit: 'characters' },
    comment: { length: 8_000, unit: 'characters' },
  },
  instagram: {
    message: { length: 1_000, unit: 'bytes' },
    comment: { length: 2_200, unit: 'characters' },
  },
} satisfies Record<string, Record<string, Limit>>;

export type Place = { platform: keyof typeof limits; kind: 'message' | 'comment' };

/** Of an internal note, in characters. */
export const NOTE_LENGTH = 2_000;
/** From here on it is said how much is left. */
export const NEAR_THE_LIMIT = 200;

/** @returns how much may still be written; less than nothing = too long */
export function leftOf(text: string, { platform, kind }: Place): number {
  const { length, unit }: Limit = limits[platform][kind];
  return length - (unit === 'bytes' ? new TextEncoder().encode(text).length : text.length);
}
