import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { Trx } from './database.ts';
import type { DepartureCause } from './stored.ts';

export type Departure = {
  agent: AgentId;
  /** Null: every channel. */
  channel: ChannelId | null;
  cause: DepartureCause;
};

/**
 * Puts it on its way that somebody's sessions are handed on (R57, R58), in the transaction that lets them go. They are
 * found later, when every assignment that had still counted on them has ended.
 */
export async function recordDepartures(trx: Trx, departures: readonly Departure[]): Promise<void> {
  if (departures.length === 0) return;
  await trx
    .insertInto('departure')
    .values(
      departures.map(({ agent, channel, cause }) => ({
        agent_id: agent,
        channel_id: channel,
        cause,
      })),
    )
    .execute();
}
