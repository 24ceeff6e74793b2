import type { ChannelLimits } from '#channels/channel.ts';

/** Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api (text: 2000 characters) */
export const facebookLimits: ChannelLimits = { textLength: 2_000, textUnit: 'characters' };
