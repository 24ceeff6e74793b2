import type { Instant } from '#domain/instant.ts';
import type { Entry } from '#domain/session/entry.ts';

/** Entries that wait to be taken in, in order of seq, each once however often it was delivered. */
export class EntryQueue {
  #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  add(entries: readonly Entry[]): void {
    const known = new Set(this.#entries.map((entry) => entry.seq));
    const fresh = entries.filter((entry) => !known.has(entry.seq));
    this.#entries = [...this.#entries, ...fresh].sort((a, b) => a.seq - b.seq);
  }

  /** Forgets what has been applied. */
  dropUpTo(seq: number): void {
    this.#entries = this.#entries.filter((entry) => entry.seq > seq);
  }

  hasGapAfter(seq: number): boolean {
    const [first] = this.#entries;
    return first !== undefined && first.seq !== seq + 1;
  }

  /** The entries that follow `seq` without a gap. */
  contiguous(seq: number): Entry[] {
    const end = this.#entries.findIndex((entry, index) => entry.seq !== seq + 1 + index);
    return end === -1 ? this.#entries : this.#entries.slice(0, end);
  }

  oldestAt(): Instant {
    return Math.min(Infinity, ...this.#entries.map((entry) => entry.at));
  }

  newestAt(): Instant {
    return Math.max(0, ...this.#entries.map((entry) => entry.at));
  }

  /** The newest settings that an entry tells of; 0 = none. */
  newestSettings(): number {
    const versions = this.#entries.map((entry) =>
      entry.kind === 'settings_changed' ? entry.version : 0,
    );
    return Math.max(0, ...versions);
  }
}
