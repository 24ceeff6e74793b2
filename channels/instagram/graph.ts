import type { ChannelClient } from '#channels/channel.ts';
import { createMetaClient } from '#channels/meta/client.ts';
import type { GraphOptions } from '#channels/meta/http.ts';

/**
 * The Graph API for Instagram professional accounts.
 * Sources: https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message,
 * https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies
 */
export function createInstagramClient(options: GraphOptions): ChannelClient {
  return createMetaClient(options, {
    platform: 'instagram',
    repliesEdge: 'replies',
    profileFields: 'name,username,profile_pic',
    hasMetadata: false,
  });
}
