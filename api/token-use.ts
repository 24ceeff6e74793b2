import type { Db } from '#db/database.ts';
import { noteTokenUse } from '#db/tokens.ts';
import { MINUTE } from '#domain/instant.ts';

/** More tokens than are used within a minute; forgetting them costs a write each. */
const MOST = 10_000;

/** Writes down when API tokens are used: each at most once a minute, whatever comes with it. */
export function createTokenUse(db: Db): { note: (tokenHash: Buffer) => Promise<void> } {
  const noted = new Map<string, number>();
  return {
    async note(tokenHash) {
      const key = tokenHash.toString('hex');
      const now = Date.now();
      if (now - (noted.get(key) ?? 0) < MINUTE) return;
      if (noted.size >= MOST) noted.clear();
      noted.set(key, now);
      await noteTokenUse(db, tokenHash);
    },
  };
}
