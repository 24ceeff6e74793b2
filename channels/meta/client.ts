import type { ChannelClient } from '#channels/channel.ts';
import { createGraphCall, type GraphOptions } from '#channels/meta/http.ts';
import {
  conversationRequest,
  profileOf,
  profileRequest,
  readBackOf,
  repliesOf,
  repliesRequest,
} from '#channels/meta/read-back.ts';
import { commentOutcomeOf, sendOutcomeOf } from '#channels/meta/send-outcome.ts';

/** How one of Meta's networks calls what both have. */
export type Dialect = {
  platform: 'messenger' | 'instagram';
  /** Where the answers of a comment are, to read and to add to. */
  repliesEdge: 'comments' | 'replies';
  profileFields: string;
  /** Whether a message carries something of ours that its echo brings back. */
  hasMetadata: boolean;
};

/**
 * The Graph API for one of Meta's networks. Every call is made once: there is no idempotency key, so repeating is the
 * caller's decision.
 */
export function createMetaClient(options: GraphOptions, dialect: Dialect): ChannelClient {
  const call = createGraphCall(options);
  const { platform, repliesEdge, profileFields, hasMetadata } = dialect;
  return {
    async sendText(by, { recipient, text, metadata }) {
      const answer = await call(by, {
        path: `${encodeURIComponent(by.asset)}/messages`,
        json: {
          recipient: { id: recipient },
          messaging_type: 'RESPONSE',
          message: hasMetadata ? { text, metadata } : { text },
        },
      });
      return sendOutcomeOf(answer, by.asset);
    },

    async readConversation(by, customer) {
      return readBackOf(
        await call(by, conversationRequest(by.asset, customer, platform)),
        by.asset,
      );
    },

    async replyToComment(by, { comment, text }) {
      const answer = await call(by, {
        path: `${encodeURIComponent(comment)}/${repliesEdge}`,
        json: { message: text },
      });
      return commentOutcomeOf(answer, by.asset);
    },

    async readReplies(by, comment) {
      return repliesOf(await call(by, repliesRequest(comment, repliesEdge)), by.asset);
    },

    async readProfile(by, customer) {
      return profileOf(await call(by, profileRequest(customer, profileFields)));
    },
  };
}
