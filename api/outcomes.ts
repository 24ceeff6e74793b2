import type { Logger } from 'pino';
import type { Db } from '#db/database.ts';
import { readOutcomes, type CommandOutcome } from '#db/outcomes.ts';
import type { CommandId } from '#domain/ids.ts';
import { startLoop } from './loop.ts';

/** Waits for what sessions make of commands: one query for all who wait, not one for each. */
export type Outcomes = {
  /** The outcome, or what is known of it when the time is up. @throws when there is no such command */
  wait(id: CommandId, timeoutMs: number): Promise<CommandOutcome>;
  /** Something was committed: look at once. */
  nudge(): void;
  close(): Promise<void>;
};

type Settle = (outcome: CommandOutcome) => void;

const LOOK_EVERY_MS = 100;

export function createOutcomes(db: Db, log: Logger): Outcomes {
  const waiting = new Map<CommandId, Set<Settle>>();

  const loop = startLoop({
    idleMs: LOOK_EVERY_MS,
    onError: (err) => log.warn({ err }, 'cannot look for outcomes'),
    async step() {
      if (waiting.size === 0) return false;
      const outcomes = await readOutcomes(db, [...waiting.keys()]);
      for (const [id, outcome] of outcomes) {
        if (outcome.state === 'pending') continue;
        waiting.get(id)?.forEach((settle) => settle(outcome));
        waiting.delete(id);
      }
      return false;
    },
  });

  const settled = (id: CommandId, timeoutMs: number): Promise<CommandOutcome | null> =>
    new Promise((resolve) => {
      const others = waiting.get(id) ?? new Set<Settle>();
      const settle: Settle = (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const timer = setTimeout(() => {
        others.delete(settle);
        if (others.size === 0) waiting.delete(id);
        resolve(null);
      }, timeoutMs);
      waiting.set(id, others.add(settle));
      loop.nudge();
    });

  return {
    async wait(id, timeoutMs) {
      const outcome = (await settled(id, timeoutMs)) ?? (await readOutcomes(db, [id])).get(id);
      if (outcome === undefined) throw new Error(`Command ${id} is not there to wait for`);
      return outcome;
    },
    nudge: loop.nudge,
    close: loop.stop,
  };
}
