/** What is stored in JSON columns and in columns with a few words to choose from. */
import type { AgentId, ChannelId } from '#domain/ids.ts';

export type StoredClocks = {
  autoClose: { on: boolean; afterSeconds: number; text: string };
  reassign: { on: boolean; afterSeconds: number };
  deadline: { on: boolean; afterSeconds: number; warnBeforeSeconds: number };
};

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
