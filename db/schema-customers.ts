import type { ColumnType, Generated } from 'kysely';
import type {
  AgentId,
  ChannelId,
  CustomerId,
  LabelId,
  MessageId,
  SessionId,
  SessionKind,
  TagId,
} from '#domain/ids.ts';
import type { At, DefaultAt, Json, MaybeAt } from './columns.ts';
import type { StoredAttachment, StoredOwnComment } from './stored.ts';

/** Customers as people, what is written about them and their sessions, and what statistics count. */
export type CustomerTables = {
  customer: {
    id: CustomerId;
    channel_id: ChannelId;
    name: string | null;
    picture_url: string | null;
    profile_due_at: MaybeAt;
    created_at: DefaultAt;
    /** What is known of the person is kept there; null = here. Never a chain. */
    merged_into: CustomerId | null;
    owner_id: AgentId | null;
    stage: Generated<'lead' | 'contact'>;
    lead_source: string | null;
    blocked_at: MaybeAt;
    blocked_by: AgentId | null;
  };
  customer_identity: {
    channel_id: ChannelId;
    external_id: string;
    customer_id: CustomerId;
    username: string | null;
  };
  tag: { id: TagId; name: string; color: Generated<string>; created_at: DefaultAt };
  customer_tag: { customer_id: CustomerId; tag_id: TagId };
  customer_contact: {
    customer_id: CustomerId;
    kind: 'phone' | 'email';
    value: string;
    message_id: MessageId | null;
    found_at: DefaultAt;
  };
  customer_note: {
    id: string;
    customer_id: CustomerId;
    agent_id: AgentId;
    text: string;
    created_at: DefaultAt;
    removed_at: MaybeAt;
  };
  customer_event: {
    id: string;
    customer_id: CustomerId;
    at: DefaultAt;
    agent_id: AgentId | null;
    type: string;
    detail: Json<Record<string, unknown>>;
  };
  label: {
    id: LabelId;
    name: string;
    color: string;
    position: number;
    retired_at: MaybeAt;
    created_at: DefaultAt;
  };
  session_label: { session_id: SessionId; label_id: LabelId };
  template: {
    id: string;
    title: string | null;
    content: string;
    channel_ids: ChannelId[] | null;
    label_ids: Generated<LabelId[]>;
    attachments: ColumnType<StoredAttachment[], string | undefined, string>;
    author_id: AgentId;
    created_at: DefaultAt;
    updated_at: DefaultAt;
    version: Generated<number>;
  };
  side_event: {
    id: string;
    session_id: SessionId;
    at: DefaultAt;
    agent_id: AgentId | null;
    type: 'label_added' | 'label_removed' | 'note' | 'moderation';
    detail: Json<Record<string, unknown>>;
  };
  mention: { message_id: MessageId; agent_id: AgentId };
  automatic_action: {
    id: string;
    session_id: SessionId;
    message_id: MessageId;
    type: 'comment_reply' | 'private_reply' | 'hide' | 'like' | 'away' | 'first_contact';
    position: number;
    text: string | null;
    trace: Json<unknown>;
    state: Generated<'decided' | 'done' | 'failed' | 'skipped'>;
    failure: string | null;
    created_at: DefaultAt;
    ended_at: MaybeAt;
  };
  early_comment: {
    channel_id: ChannelId;
    mid: string;
    root: string;
    comment: Json<StoredOwnComment>;
    received_at: DefaultAt;
  };
  round: {
    session_id: SessionId;
    no: number;
    channel_id: ChannelId;
    kind: SessionKind;
    opened_at: At;
    opened_by: string;
    first_customer_at: MaybeAt;
    first_assigned_at: MaybeAt;
    first_assignee_id: AgentId | null;
    first_answer_at: MaybeAt;
    first_answer_by: AgentId | null;
    done_at: MaybeAt;
    done_cause: string | null;
    done_by: AgentId | null;
    assignee_id: AgentId | null;
  };
  wait: {
    session_id: SessionId;
    no: number;
    round: number;
    channel_id: ChannelId;
    kind: SessionKind;
    started_at: At;
    due_at: MaybeAt;
    ended_at: MaybeAt;
    ended_by: string | null;
    outcome: 'met' | 'missed' | 'none' | null;
    assignee_id: AgentId | null;
    answered_by: AgentId | null;
  };
};
