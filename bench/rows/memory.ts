import { sendSteadily } from '#bench/harness/load.ts';
import { mostMemory } from '#bench/harness/memory.ts';
import type { Line, Row } from '#bench/harness/row.ts';
import { customerWrites } from '#bench/setup/webhooks.ts';

const API_MB = 250;
const WORKER_MB = 650;
const PER_SECOND = 100;

/** What the processes hold while as many sessions as the worker keeps are open and all of them are written to. */
export const memory: Row = {
  name: 'memory',
  async measure(bench) {
    const inbox = await bench.running();
    const sessions = await inbox.openSessions(bench.size(1_500, 300));
    const { apis, workers } = inbox.stack;
    const [api, worker] = await mostMemory([pidOf(apis[0]), pidOf(workers[0])], () =>
      sendSteadily(inbox.url, {
        perSecond: PER_SECOND,
        seconds: bench.size(40, 10),
        next: (n) => customerWrites(sessions[n % sessions.length]?.customer ?? ''),
      }),
    );
    await inbox.settled();
    const under = `under ${PER_SECOND} webhooks/s to ${sessions.length} open sessions`;
    return [
      line(`memory of the API ${under}`, api ?? NaN, API_MB),
      line(`memory of the worker ${under}`, worker ?? NaN, WORKER_MB),
    ];
  },
};

function line(what: string, mb: number, most: number): Line {
  return {
    what,
    measured: `${mb.toFixed(0)} MB`,
    floor: null,
    ratio: null,
    bar: `≤ ${most} MB`,
    isMet: mb <= most,
  };
}

function pidOf({ name, pid }: { name: string; pid: number | undefined }): number {
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
}
