/** What is stored in JSON columns and in columns with a few words to choose from. */
import type { AgentId, ChannelId, GroupId } from '#domain/ids.ts';

export type StoredClocks = {
  autoClose: { on: boolean; afterSeconds: number; text: string; businessHours?: boolean };
  reassign: { on: boolean; afterSeconds: number; businessHours?: boolean };
  deadline: {
    on: boolean;
    afterSeconds: number;
    warnBeforeSeconds: number;
    businessHours?: boolean;
  };
};

/** R46, in the workspace's time zone. Minutes of the day, 0–1440; days from Monday; holidays as `2026-02-17`. */
export type StoredBusinessHours = {
  days: [from: number, to: number][][];
  holidays: string[];
};

/** R9: whoever writes one of these phrases goes to that group or user. */
export type StoredKeywordRule = {
  keywords: string[];
  target: { type: 'group'; id: GroupId } | { type: 'agent'; id: AgentId };
};

/** R16. A rule without keywords is for every comment, one without a post for every post. */
export type StoredCommentAutomation = {
  rules: {
    postId: string | null;
    keywords: string[];
    comment: string | null;
    privateMessage: string | null;
  }[];
  hideContacts: boolean;
  like: boolean;
};

/** R66. */
export type StoredChatAutomation = {
  away: { on: boolean; text: string };
  firstContact: { on: boolean; text: string };
};

/** Why somebody's sessions are handed on. */
export type DepartureCause = 'left' | 'offline' | 'shift ended';

export type StoredAttachment = { kind: string; url: string | null; title: string | null };

/** Who may hear of a change: enough to ask the permission rule again for each listener. */
export type Audience = { channel: ChannelId; assignee: AgentId | null; supporters: AgentId[] };

export type MessageState =
  | 'received'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'seen'
  | 'failed'
  | 'unconfirmed'
  | 'cancelled';
export type MessageAuthor = 'customer' | 'agent' | 'system' | 'elsewhere' | 'other_app';
