/** What is stored in JSON columns and in columns with a few words to choose from. */
import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { Instant } from '#domain/instant.ts';

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

/** Why somebody's sessions are handed on. */
export type DepartureCause = 'left' | 'offline' | 'shift ended';

export type StoredAttachment = { kind: string; url: string | null; title: string | null };

/** A comment of the page itself that waits for the one that it answers. */
export type StoredOwnComment = {
  post: { id: string; text: string | null; permalink: string | null };
  mid: string;
  parent: string;
  text: string | null;
  attachments: StoredAttachment[];
  occurredAt: Instant;
  tagged: string[];
};

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
