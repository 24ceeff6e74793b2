import type { ChannelClient } from '#channels/channel.ts';
import { createGraphCall, type GraphOptions } from '#channels/facebook/http.ts';
import {
  conversationRequest,
  profileOf,
  profileRequest,
  readBackOf,
} from '#channels/facebook/read-back.ts';
import { sendOutcomeOf } from '#channels/facebook/send-outcome.ts';

/**
 * The Graph API for Facebook Pages. Every call is made once: there is no idempotency key, so repeating is the
 * caller's decision.
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api
 */
export function createFacebookClient(options: GraphOptions): ChannelClient {
  const call = createGraphCall(options);
  return {
    async sendText(by, { recipient, text, metadata }) {
      const answer = await call(by, {
        path: `${encodeURIComponent(by.asset)}/messages`,
        json: {
          recipient: { id: recipient },
          messaging_type: 'RESPONSE',
          message: { text, metadata },
        },
      });
      return sendOutcomeOf(answer, by.asset);
    },

    async readConversation(by, customer) {
      return readBackOf(await call(by, conversationRequest(by.asset, customer)), by.asset);
    },

    async readProfile(by, customer) {
      return profileOf(await call(by, profileRequest(customer)));
    },
  };
}
