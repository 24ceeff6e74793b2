import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Instant } from '#domain/instant.ts';

/**
 * One lazily armed timer. Most deadlines only move later, so an earlier alarm is left to ring and is then set anew:
 * four instead of six history events per message.
 */
export class Alarm {
  #at: Instant = Infinity;
  #scope: CancellationScope | null = null;
  #rang = false;

  get rang(): boolean {
    return this.#rang;
  }

  /** Rings at `at`, or earlier if an earlier alarm is set already. */
  arm(at: Instant): void {
    if (at >= this.#at) return;
    this.#scope?.cancel();
    const scope = new CancellationScope();
    this.#scope = scope;
    this.#at = at;
    void scope.run(() => this.#wait(scope, at));
  }

  /** Takes note of the ringing. @returns whether it rang since the last time */
  take(): boolean {
    const rang = this.#rang;
    this.#rang = false;
    return rang;
  }

  async #wait(scope: CancellationScope, at: Instant): Promise<void> {
    try {
      await sleep(Math.max(1, at - Date.now()), { summary: 'next deadline' });
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    if (scope !== this.#scope) return;
    this.#at = Infinity;
    this.#rang = true;
  }
}
