import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOf, hasEnded, launch, logTail, type Launch } from '#local/launch.ts';
import { becomesTrue } from '#local/wait.ts';

/** One process of the installation that can be started, stopped and killed again and again. */
export type Part = {
  readonly name: string;
  readonly logFile: string;
  /** The process's number while it runs. */
  readonly pid: number | undefined;
  /** Resolves when the part answers; does nothing when it runs already.
   *  @throws Error with the last lines of its log when it ends before, or is not ready in time */
  start(): Promise<void>;
  /** Asks it to stop, waits for its end, and kills it when that takes too long. */
  stop(): Promise<void>;
  /** `kill -9`, and waits until the process is gone. */
  kill(): Promise<void>;
  /** Called when it ends without having been asked to, with how: "exit code 1", "SIGSEGV". */
  onCrash(listener: (how: string) => void): void;
};

/** What a part is made of. */
export type PartSpec = {
  name: string;
  logFile: string;
  /** Asked at every start: what it needs may be known only then. */
  launch: () => Launch | Promise<Launch>;
  /** Is it ready? May throw, which counts as no. `log` is what it has written since this start. */
  isReady: (log: () => Promise<string>) => Promise<boolean>;
  stopSignal?: 'SIGTERM' | 'SIGINT';
  readyTimeoutMs?: number;
  stopTimeoutMs?: number;
  /** For how long an end before being ready leads to another try. */
  retryMs?: number;
};

/** Makes a part; nothing runs until it is started. */
export function createPart(spec: PartSpec): Part {
  const { name, logFile, stopSignal = 'SIGTERM', readyTimeoutMs = 30_000 } = spec;
  const listeners: ((how: string) => void)[] = [];
  let child: ChildProcess | undefined;
  let wanted = false;

  const attempt = async (): Promise<'ready' | 'ended' | 'late'> => {
    const { process, logSoFar } = await launch(await spec.launch(), { logFile, stopSignal });
    child = process;
    let isReady = false;
    void endOf(process).then((how) => {
      if (child === process) child = undefined;
      if (wanted && isReady) listeners.forEach((listener) => listener(how));
    });
    const answers = await becomesTrue(
      async () => hasEnded(process) || (await spec.isReady(logSoFar)),
      { timeoutMs: readyTimeoutMs },
    );
    if (hasEnded(process)) return 'ended';
    isReady = answers;
    return answers ? 'ready' : 'late';
  };

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    wanted = false;
    const process = child;
    if (!process) return;
    const ended = endOf(process);
    process.kill(signal);
    const inTime = await Promise.race([
      ended.then(() => true),
      sleep(spec.stopTimeoutMs ?? 15_000, false, { ref: false }),
    ]);
    if (inTime) return;
    process.kill('SIGKILL');
    await ended;
  };

  return {
    name,
    logFile,
    get pid() {
      return child?.pid;
    },
    async start() {
      if (child) return;
      wanted = true;
      const retryUntil = Date.now() + (spec.retryMs ?? 0);
      let outcome = await attempt();
      while (outcome === 'ended' && wanted && Date.now() < retryUntil) {
        await sleep(100);
        outcome = await attempt();
      }
      if (outcome === 'ready') return;
      await end('SIGKILL');
      const what = outcome === 'ended' ? 'ended before it was ready' : 'was not ready in time';
      throw new Error(`${name} ${what}. Its log, ${logFile}, ends:\n${await logTail(logFile)}`);
    },
    stop: () => end(stopSignal),
    kill: () => end('SIGKILL'),
    onCrash: (listener) => void listeners.push(listener),
  };
}

/** Stands for a part that somebody else runs: it is simply there, and cannot be killed from here. */
export function externalPart(name: string): Part {
  return {
    name,
    logFile: '',
    pid: undefined,
    start: async () => {},
    stop: async () => {},
    kill: () => Promise.reject(new Error(`${name} runs elsewhere and cannot be killed from here.`)),
    onCrash: () => {},
  };
}
