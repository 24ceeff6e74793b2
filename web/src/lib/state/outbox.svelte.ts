import { api, ApiError, newKey } from './api.ts';
import { readStored, writeStored } from './stored.ts';

/** A reply that the server does not have yet. */
export type Unsent = {
  /** Names the request for good: sent again it is still the same reply. */
  key: string;
  session: string;
  text: string;
  seenSeq: number;
  /** The comment that it answers. */
  commentId?: string;
  /** Epoch ms. */
  at: number;
  /** The server may have it: it can no longer be taken back, only sent on under the same key. */
  isTried: boolean;
};

/** While the server cannot be reached, it is tried again after this, growing to the second. */
const AGAIN_MS = 1_000;
const AGAIN_MAX_MS = 15_000;

type Refused = (unsent: Unsent, error: ApiError) => void;

/** Hands replies to the server, one after the other; what is not taken is kept over a reload, and tried again. */
export class Outbox {
  unsent: Unsent[] = $state.raw([]);
  readonly #storedAt: string;
  readonly #onRefused: Refused;
  #isSending = false;
  #handingOver: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(agent: string, onRefused: Refused) {
    this.#storedAt = `everthread/${agent}/unsent`;
    this.#onRefused = onRefused;
  }

  /** Takes up what was left. Only in the browser. */
  start(): void {
    this.unsent = this.#stored();
    void this.#sendAll();
  }

  add(reply: Omit<Unsent, 'key' | 'isTried'>): void {
    const unsent = { ...reply, key: newKey(), isTried: false };
    this.#store([...this.#stored(), unsent]);
    this.unsent = [...this.unsent, unsent];
    void this.#sendAll();
  }

  remove(key: string): void {
    this.#store(this.#stored().filter((one) => one.key !== key));
    this.unsent = this.unsent.filter((one) => one.key !== key);
  }

  /** The server may be there again. */
  nudge(): void {
    this.#wake();
  }

  /** Until what is being handed over stands on one side only: here as waiting, or there as queued. */
  async settled(): Promise<void> {
    await this.#handingOver;
  }

  async #sendAll(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    let waitMs = AGAIN_MS;
    for (let next = this.unsent[0]; next !== undefined; next = this.unsent[0]) {
      const handingOver = this.#send(next);
      this.#handingOver = handingOver;
      const isOver = await handingOver;
      if (!isOver) await this.#pause(waitMs);
      waitMs = isOver ? AGAIN_MS : Math.min(2 * waitMs, AGAIN_MAX_MS);
    }
    this.#isSending = false;
  }

  /** @returns whether it is off our hands: taken, or refused for good */
  async #send(unsent: Unsent): Promise<boolean> {
    const { key, session, text, seenSeq, commentId } = unsent;
    this.#markTried(key);
    try {
      const body = { text, seenSeq, ...(commentId === undefined ? {} : { commentId }) };
      await api('POST', `/sessions/${session}/replies`, { body, key, isAsync: true });
      this.remove(key);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Without a login it waits for the next one.
      if (error.mayPass || error.code === 'SIGN_IN') return false;
      this.remove(key);
      this.#onRefused(unsent, error);
      return true;
    }
  }

  #markTried(key: string): void {
    const tried = (one: Unsent): Unsent => (one.key === key ? { ...one, isTried: true } : one);
    this.#store(this.#stored().map(tried));
    this.unsent = this.unsent.map(tried);
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  // Other tabs write there too: what counts is read each time.
  #stored(): Unsent[] {
    try {
      return JSON.parse(readStored(this.#storedAt) ?? '[]') as Unsent[];
    } catch {
      return [];
    }
  }

  #store(unsent: readonly Unsent[]): void {
    writeStored(this.#storedAt, unsent.length === 0 ? null : JSON.stringify(unsent));
  }
}
