/** A race of two things that happen to one session at nearly the same time. */
import type { StoredClocks } from '#db/stored.ts';
import type { Pace, Player } from './play.ts';
import type { World } from './world.ts';

export type Race = {
  /** As it is asked for on the command line. */
  name: string;
  /** Absent: no clock runs. */
  clocks?: StoredClocks;
  /** Brings the session of a new customer to the starting line. @throws FalseStart when it got away */
  prepare: (world: World, customer: string) => Promise<Player>;
  /**
   * Both sides at once, then what must be true afterwards.
   * @returns what it came to, in a few words
   * @throws BrokenRule when it came to what must not be
   */
  play: (world: World, player: Player, pace: Pace) => Promise<string>;
};
