export type Lanes = {
  /** Begins when all earlier work of the lane has ended. The work must not fail. */
  add(lane: string, work: () => Promise<void>): void;
  /** When everything that was added has ended. */
  end(): Promise<void>;
};

/** Work in many lanes: one after the other within a lane, the lanes side by side. */
export function createLanes(): Lanes {
  const tails = new Map<string, Promise<void>>();
  return {
    add(lane, work) {
      const tail = (tails.get(lane) ?? Promise.resolve()).then(work).finally(() => {
        if (tails.get(lane) === tail) tails.delete(lane);
      });
      tails.set(lane, tail);
    },
    async end() {
      await Promise.all(tails.values());
    },
  };
}
