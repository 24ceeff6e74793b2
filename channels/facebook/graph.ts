import type { ChannelClient } from '#channels/channel.ts';
import { createMetaClient } from '#channels/meta/client.ts';
import type { GraphOptions } from '#channels/meta/http.ts';

/**
 * The Graph API for Facebook Pages.
 * Sources: https://developers.facebook.com/docs/messenger-platform/reference/send-api,
 * https://developers.facebook.com/docs/graph-api/reference/object/comments
 */
export function createFacebookClient(options: GraphOptions): ChannelClient {
  return createMetaClient(options, {
    platform: 'messenger',
    // Never `POST /{comment-id}`: that edits the comment.
    repliesEdge: 'comments',
    profileFields: 'name,first_name,last_name,profile_pic',
    hasMetadata: true,
  });
}
