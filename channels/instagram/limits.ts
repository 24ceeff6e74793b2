import type { ChannelLimits } from '#channels/channel.ts';

/** Source: https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message (1000 bytes of UTF-8).
 *  For comments the reference states no limit; 2200 characters is what Instagram's own app takes. */
export const instagramLimits: ChannelLimits = {
  message: { length: 1_000, unit: 'bytes' },
  comment: { length: 2_200, unit: 'characters' },
};
