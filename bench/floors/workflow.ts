import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

export type FloorActivities = { upsert(id: string, times: number): Promise<void> };

const { upsert } = proxyActivities<FloorActivities>({ startToCloseTimeout: '3s' });

export const toldSignal = defineSignal('told');

/** The least that a workflow per customer can do: whenever it is told, one activity with one upsert. */
export async function bareSession(id: string): Promise<void> {
  let isTold = false;
  let times = 0;
  setHandler(toldSignal, () => {
    isTold = true;
  });
  for (;;) {
    await condition(() => isTold);
    isTold = false;
    times += 1;
    await upsert(id, times);
  }
}
