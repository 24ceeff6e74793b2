/** What time it is on the server, second by second: deadlines are the server's. */
export class Clock {
  /** Epoch ms. */
  now: number = $state(0);
  #aheadMs: number;

  constructor(serverNow: number) {
    this.now = serverNow;
    this.#aheadMs = 0;
  }

  /** @param serverNow what the server said when this page was made @returns stops it */
  start(serverNow: number): () => void {
    // A page that comes out of the browser's cache would set the clock back.
    const ahead = serverNow - Date.now();
    this.#aheadMs = Math.abs(ahead) < 5_000 ? 0 : ahead;
    const tick = (): void => {
      this.now = Date.now() + this.#aheadMs;
    };
    tick();
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }
}
