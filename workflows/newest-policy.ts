import type { Instant } from '#domain/instant.ts';
import { isNewer, refreshAt, type Policy } from '#domain/policy.ts';
import { clocksSince } from '#domain/session/clocks.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import { upcastPolicy } from '#domain/session/upcast.ts';
import type { EntryQueue } from './entry-queue.ts';

/** R17, R46: the clocks run by the newest settings that this run has heard of, and by hours that reach far enough. */
export class NewestPolicy {
  readonly #load: (since: Instant) => Promise<Policy>;
  #loaded: Policy | null = null;
  #version = 0;

  constructor(load: (since: Instant) => Promise<Policy>) {
    this.#load = load;
  }

  get policy(): Policy | null {
    return this.#loaded;
  }

  /** What came with something else that was read. An older program's shape comes up when its history is replayed. */
  took(policy: Policy): void {
    this.#loaded = upcastPolicy(policy);
  }

  /** There are settings of this version. */
  heardOf(version: number): void {
    this.#version = version;
  }

  /** Loads them where the session has older ones, or its hours end soon. */
  async refresh(session: Session, entries: EntryQueue, now: Instant): Promise<void> {
    const known =
      this.#loaded !== null && isNewer(this.#loaded, session.policy)
        ? this.#loaded
        : session.policy;
    const isOld = Math.max(this.#version, entries.newestSettings()) > known.version;
    const hoursEndAt = isOpen(session) ? refreshAt(known) : null;
    if (!isOld && (hoursEndAt === null || hoursEndAt > now)) return;
    this.took(await this.#load(Math.min(clocksSince(session, now), entries.oldestAt())));
  }
}
