/**
 * What a network must offer, in our words. Adding a network is one folder beside this file and one line in index.ts.
 * Nothing here or below knows Postgres or Temporal: bytes in, facts out; a request in, an outcome out.
 */
import type { SessionKind } from '#domain/ids.ts';
import type { Instant } from '#domain/instant.ts';

export type Platform = 'facebook' | 'instagram';

/** One thing that a webhook delivery says happened. Texts are well-formed and free of NUL. */
export type Fact =
  | MessageFact
  | EchoFact
  | { type: 'delivered'; customer: string; watermark: Instant | null; mids: string[] }
  | { type: 'read'; customer: string; watermark: Instant | null; mid: string | null }
  /** Of a message or a comment; `customer` is null where only its id says whose it is. */
  | { type: 'edited'; customer: string | null; mid: string; text: string | null; editNo: number }
  | { type: 'removed'; customer: string | null; mid: string }
  | {
      type: 'reaction';
      customer: string;
      mid: string;
      /** The emoji or the platform's word for it; null when the reaction was taken back. */
      reaction: string | null;
      occurredAt: Instant;
    }
  | CommentFact
  | OwnCommentFact
  | ({ type: 'post' } & Post)
  /** With all that stood under it. */
  | { type: 'post_removed'; id: string }
  /** Understood to be none of our business yet. Kept in the delivery and counted by its name. */
  | { type: 'ignored'; name: string };

/** A customer wrote, sent something, or pressed a button. */
export type MessageFact = {
  type: 'message';
  /** The sender's id as this asset knows them (Facebook: PSID). */
  customer: string;
  /** The platform's id of the message, unique per channel; for a postback without one, a stable key made of its parts. */
  mid: string;
  text: string | null;
  attachments: Attachment[];
  /** When it happened at Meta. Counts for messaging windows and for the time shown, not for deadlines. */
  occurredAt: Instant;
};

/** A message that went out from the Page, by us or by anybody else. */
export type EchoFact = {
  type: 'echo';
  customer: string;
  mid: string;
  text: string | null;
  attachments: Attachment[];
  /** Null when the platform's own inbox does not name itself. */
  appId: string | null;
  /** What the sender attached to find its message again; ours is the message's id. */
  metadata: string | null;
  occurredAt: Instant;
};

/** A post, as far as an event tells of it. */
export type Post = { id: string; text: string | null; permalink: string | null };

type Comment = {
  post: Post;
  /** The comment's id, unique per channel. */
  mid: string;
  /** The top-level comment under which the platform shows it; null = it is one. */
  parent: string | null;
  text: string | null;
  attachments: Attachment[];
  occurredAt: Instant;
};

/** A customer commented under a post. */
export type CommentFact = Comment & {
  type: 'comment';
  /** Who wrote it; where the platform hides that, a stable key that stands for this comment's author alone. */
  customer: string;
  isAuthorHidden: boolean;
  name: string | null;
  /** Instagram's name, by which others mention them. */
  username: string | null;
};

/** The asset itself commented, through us or anybody else: the platform does not say by which app. */
export type OwnCommentFact = Comment & {
  type: 'own_comment';
  /** Ids of the people whom the platform says it tags. */
  tagged: string[];
};

export type Attachment = {
  /** Meta's own word: image, video, audio, file, sticker, location, fallback, template, … */
  kind: string;
  url: string | null;
  title: string | null;
};

/** One item of a delivery: a fact, or why there is none. */
export type DeliveryItem = {
  platform: Platform;
  /** The Page or Instagram account that the item is about. */
  asset: string;
  /** Position in the delivery, from 0: with the delivery's id it names the item for good. */
  index: number;
  outcome: { fact: Fact } | { error: string };
};

/** A body that cannot be read at all. The delivery is parked; sending it again would not mend it. */
export class UnreadableDelivery extends Error {
  override name = 'UnreadableDelivery';
}

/** What became of one call to send. Only what Meta is known to have refused is `refused`; anything doubtful is `unknown`. */
export type SendOutcome =
  | { kind: 'sent'; mid: string }
  | { kind: 'refused'; reason: FailureReason; detail: string }
  /** Refused because the same text stands there already: what an earlier, doubtful attempt left, or something else. */
  | { kind: 'duplicate'; detail: string }
  /** Not sent; may be tried again no earlier than after this time. */
  | { kind: 'later'; retryAfterMs: number; detail: string }
  /** It may have arrived: 5xx, reset, time-out, or an answer that makes no sense. */
  | { kind: 'unknown'; detail: string };

/** Why Meta refused for good. Each has words on the screen. */
export type FailureReason =
  | 'outside_window'
  | 'person_unavailable'
  | 'token_invalid'
  | 'permission_missing'
  | 'account_blocked'
  | 'other_app_in_control'
  | 'invalid_request'
  | 'comment_gone'
  | 'duplicate';

/** A conversation, or the answers to a comment, as the platform shows it, newest first; or why it could not be read. */
export type ReadBack =
  { kind: 'messages'; messages: ReadBackMessage[] } | { kind: 'unreadable'; detail: string };

export type ReadBackMessage = {
  mid: string;
  text: string | null;
  fromAsset: boolean;
  createdAt: Instant;
};

export type Profile = { name: string | null; pictureUrl: string | null };

/** Who calls: the asset and its token. The token never appears in an error or a log line. */
export type Credentials = { asset: string; token: string };

/** The calls that a network offers. None throws for an answer of the platform; each has a time limit of its own. */
export type ChannelClient = {
  sendText(
    by: Credentials,
    message: { recipient: string; text: string; metadata: string },
  ): Promise<SendOutcome>;
  readConversation(by: Credentials, customer: string): Promise<ReadBack>;
  /** Answers a comment in public. */
  replyToComment(by: Credentials, reply: { comment: string; text: string }): Promise<SendOutcome>;
  /** The answers under a top-level comment. */
  readReplies(by: Credentials, comment: string): Promise<ReadBack>;
  /** Null fields are normal: people may hide their profile. Null when it cannot be had now. */
  readProfile(by: Credentials, customer: string): Promise<Profile | null>;
};

/** Longest text of one message, in the unit that the platform counts. */
export type TextLimit = { length: number; unit: 'characters' | 'bytes' };

/** Limits of the platform that the composer and the API check before anything is queued. */
export type ChannelLimits = Record<SessionKind, TextLimit>;
