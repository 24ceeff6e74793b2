/** The networks that are built. Another one is one folder beside this file and one line here. */
import type { SessionKind } from '#domain/ids.ts';
import type { ChannelClient, Platform, TextLimit, ChannelLimits } from '#channels/channel.ts';
import { createFacebookClient } from '#channels/facebook/graph.ts';
import type { GraphOptions } from '#channels/meta/http.ts';
import { facebookLimits } from '#channels/facebook/limits.ts';
import { createInstagramClient } from '#channels/instagram/graph.ts';
import { instagramLimits } from '#channels/instagram/limits.ts';

type Network = { limits: ChannelLimits; createClient: (options: GraphOptions) => ChannelClient };

const networks: ReadonlyMap<Platform, Network> = new Map([
  ['facebook', { limits: facebookLimits, createClient: createFacebookClient }],
  ['instagram', { limits: instagramLimits, createClient: createInstagramClient }],
]);

/** All that are built. */
export const platforms: readonly Platform[] = [...networks.keys()];

/** How long a text may be. @throws Error for a platform that is not built: no channel of it can have been connected */
export function textLimit(platform: Platform, kind: SessionKind): TextLimit {
  return networkOf(platform).limits[kind];
}

/** By how much a text is too long for one message or comment. Null: it fits. @throws Error as {@link textLimit} does */
export function excessOf(
  platform: Platform,
  kind: SessionKind,
  text: string,
): (TextLimit & { used: number }) | null {
  const limit = textLimit(platform, kind);
  const used = limit.unit === 'bytes' ? Buffer.byteLength(text) : text.length;
  return used > limit.length ? { ...limit, used } : null;
}

export type ChannelClients = {
  /** @throws Error for a platform that is not built */
  of(platform: Platform): ChannelClient;
};

/**
 * One client per platform, made once for a process.
 * @param settings `appSecret` is one secret, the one that the app's calls are proved with; empty or absent for none
 */
export function createChannelClients(settings: {
  graphApiUrl: string;
  graphVersion: string;
  appSecret?: string | undefined;
}): ChannelClients {
  const { graphApiUrl: baseUrl, graphVersion: version, appSecret } = settings;
  const clients = new Map<Platform, ChannelClient>();
  return {
    of(platform) {
      const client =
        clients.get(platform) ?? networkOf(platform).createClient({ baseUrl, version, appSecret });
      clients.set(platform, client);
      return client;
    },
  };
}

function networkOf(platform: Platform): Network {
  const network = networks.get(platform);
  if (network === undefined) throw new Error(`${platform} is not built yet: see channels/index.ts`);
  return network;
}
