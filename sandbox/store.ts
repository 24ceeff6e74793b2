/** The sandbox's memory: the world, and the file that it can be made from again. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { createEventLog, type EventLog } from '#sandbox/event-log.ts';
import { upgrade } from '#sandbox/upgrade.ts';
import { apply, emptyWorld, eventsOf, type SandboxEvent, type World } from '#sandbox/world.ts';

export type Store = {
  world: World;
  /** What happened in this process, for who looks on. */
  log: EventLog;
  /** Changes the world and, where there is a file, keeps the change before anybody is answered. */
  record: (event: SandboxEvent) => void;
};

/**
 * Opens the store; with a file, what was there before is there again.
 * @param dataFile JSON, one event a line; rewritten to its shortest form at each start
 */
export function openStore(dataFile?: string): Store {
  const world = emptyWorld();
  const log = createEventLog();
  const happen = (event: SandboxEvent): void => {
    apply(world, event);
    log.add(event);
  };
  if (dataFile === undefined) return { world, log, record: happen };
  for (const event of readEvents(dataFile)) apply(world, event);
  compact(dataFile, world);
  return {
    world,
    log,
    record(event) {
      // Synchronous, so that a killed process has lost nothing that it had answered.
      appendFileSync(dataFile, toLines([event]));
      happen(event);
    },
  };
}

function readEvents(dataFile: string): SandboxEvent[] {
  if (!existsSync(dataFile)) return [];
  const lines = readFileSync(dataFile, 'utf8').split('\n');
  // What follows the last newline is empty, or a line that a killed process could not finish.
  return lines.slice(0, -1).map((line, at) => {
    try {
      return upgrade(JSON.parse(line) as SandboxEvent);
    } catch (cause) {
      const where = `${dataFile}, line ${at + 1}`;
      throw new Error(`${where} is not JSON: mend it, or remove the file to begin anew.`, {
        cause,
      });
    }
  });
}

function compact(dataFile: string, world: World): void {
  mkdirSync(dirname(dataFile), { recursive: true });
  writeFileSync(`${dataFile}.new`, toLines(eventsOf(world)));
  renameSync(`${dataFile}.new`, dataFile);
}

function toLines(events: readonly SandboxEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
