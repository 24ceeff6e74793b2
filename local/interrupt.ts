// `npm start` passes Ctrl-C on to us although the terminal has sent it to us already.
const SAME_PRESS_MS = 500;

/**
 * Listens for Ctrl-C, `kill` and a closed terminal.
 * @param onFirst asked to stop in good order
 * @param onSecond asked again: stop at once
 */
export function onInterrupt(onFirst: () => void, onSecond: () => void): void {
  let firstAt: number | undefined;
  const interrupted = () => {
    const now = Date.now();
    if (firstAt === undefined) {
      firstAt = now;
      onFirst();
    } else if (now - firstAt > SAME_PRESS_MS) {
      onSecond();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
}
