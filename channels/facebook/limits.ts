import type { ChannelLimits } from '#channels/channel.ts';

/** Sources: https://developers.facebook.com/docs/messenger-platform/reference/send-api (text: 2000 characters),
 *  https://developers.facebook.com/docs/graph-api/reference/comment (message: 8000 characters) */
export const facebookLimits: ChannelLimits = {
  message: { length: 2_000, unit: 'characters' },
  comment: { length: 8_000, unit: 'characters' },
};
