import type { ColumnType, Generated } from 'kysely';
import type { Trace } from '#domain/assignment.ts';
import type {
  AgentId,
  ChannelId,
  CommandId,
  CustomerId,
  MessageId,
  SessionId,
  SessionKind,
} from '#domain/ids.ts';
import type { AssignmentHow, SessionEvent } from '#domain/session/event.ts';
import type { Role } from '#domain/permission.ts';
import type { Session } from '#domain/session/session.ts';
import type {
  Audience,
  MessageAuthor,
  MessageState,
  StoredAttachment,
  StoredClocks,
} from './stored.ts';
import type { RefusalCode } from '#domain/refusal.ts';

type At = ColumnType<Date, Date | string, Date | string>;
type MaybeAt = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type DefaultAt = ColumnType<Date, Date | string | undefined, Date | string>;
/** Written as text, read as parsed JSON. */
type Json<Value> = ColumnType<Value, string, string>;
type MaybeJson<Value> = ColumnType<Value | null, string | null | undefined, string | null>;

export type Database = {
  workspace: {
    id: Generated<number>;
    name: string;
    time_zone: Generated<string>;
    clocks: Json<StoredClocks>;
    settings_version: Generated<number>;
    secret_check: Buffer | null;
  };
  agent: {
    id: AgentId;
    name: string;
    email: string;
    role: Role;
    password_hash: string;
    disabled_at: MaybeAt;
    created_at: DefaultAt;
  };
  login: { token_hash: Buffer; agent_id: AgentId; created_at: DefaultAt; expires_at: At };
  api_token: {
    id: string;
    agent_id: AgentId;
    name: string;
    token_hash: Buffer;
    created_at: DefaultAt;
    revoked_at: MaybeAt;
  };
  channel: {
    id: ChannelId;
    platform: 'facebook' | 'instagram';
    asset_id: string;
    name: string;
    token_cipher: Buffer;
    distribution: Generated<boolean>;
    view_each_other: Generated<boolean>;
    interact_each_other: Generated<boolean>;
    created_at: DefaultAt;
  };
  channel_agent: {
    channel_id: ChannelId;
    agent_id: AgentId;
    position: number;
    receives_messages: Generated<boolean>;
    receives_comments: Generated<boolean>;
  };
  customer: {
    id: CustomerId;
    channel_id: ChannelId;
    name: string | null;
    picture_url: string | null;
    profile_due_at: MaybeAt;
    created_at: DefaultAt;
  };
  customer_identity: { channel_id: ChannelId; external_id: string; customer_id: CustomerId };
  webhook_delivery: {
    id: Generated<number>;
    received_at: DefaultAt;
    body: Buffer | null;
    state: Generated<'new' | 'done' | 'parked'>;
    error: string | null;
    processed_at: MaybeAt;
  };
  delivery_item: {
    delivery_id: number;
    index: number;
    state: 'done' | 'ignored' | 'parked';
    name: string | null;
    error: string | null;
    customer_id: CustomerId | null;
  };
  intake_lease: { id: number; token: string | null; expires_at: At };
  session: {
    id: SessionId;
    channel_id: ChannelId;
    kind: SessionKind;
    post_id: Generated<string>;
    customer_id: CustomerId;
    created_at: DefaultAt;
    start_seq: Generated<number>;
    last_message_at: DefaultAt;
    last_customer_at: MaybeAt;
    window_from: MaybeAt;
    preview: string | null;
    preview_by: Generated<'customer' | 'page'>;
    delivered_up_to: MaybeAt;
    seen_up_to: MaybeAt;
    status: Generated<'open' | 'closing' | 'done'>;
    assignee_id: AgentId | null;
    round: Generated<number>;
    in_line_since: MaybeAt;
    waiting_since: MaybeAt;
    warned_at: MaybeAt;
    overdue_at: MaybeAt;
    due_at: MaybeAt;
    closed_at: MaybeAt;
    closed_by: AgentId | null;
    state: MaybeJson<Session>;
    run: Generated<number>;
    version: Generated<number>;
    commit_key: string | null;
    commit_result: MaybeJson<unknown>;
    applied_seq: Generated<number>;
    next_due_at: MaybeAt;
  };
  session_queue: {
    session_id: SessionId;
    last_seq: Generated<number>;
    delivered_seq: Generated<number>;
    ready_since: MaybeAt;
    not_before: DefaultAt;
    attempts: Generated<number>;
    lease: string | null;
    lease_until: MaybeAt;
  };
  session_journal: {
    session_id: SessionId;
    seq: number;
    kind: string;
    at: DefaultAt;
    fact: Json<unknown>;
  };
  message: {
    id: MessageId;
    session_id: SessionId;
    channel_id: ChannelId;
    seq: number;
    direction: 'in' | 'out';
    author: MessageAuthor;
    agent_id: AgentId | null;
    mid: string | null;
    text: string | null;
    attachments: ColumnType<StoredAttachment[], string | undefined, string>;
    occurred_at: At;
    received_at: At;
    state: MessageState;
    failure: string | null;
    edit_no: Generated<number>;
    removed_at: MaybeAt;
  };
  send_attempt: {
    message_id: MessageId;
    attempt: number;
    recorded_at: DefaultAt;
    claimed_at: MaybeAt;
    outcome: string | null;
    detail: string | null;
    ended_at: MaybeAt;
  };
  tombstone: {
    channel_id: ChannelId;
    mid: string;
    removed: Generated<boolean>;
    text: string | null;
    edit_no: Generated<number>;
    at: DefaultAt;
  };
  command: {
    id: CommandId;
    agent_id: AgentId;
    idempotency_key: string;
    body_hash: Buffer;
    session_id: SessionId;
    seq: number;
    type: string;
    message_id: MessageId | null;
    state: Generated<'pending' | 'done' | 'refused'>;
    code: RefusalCode | null;
    detail: MaybeJson<{ assignee: { id: AgentId; name: string } | null }>;
    created_at: DefaultAt;
  };
  session_event: {
    session_id: SessionId;
    version: number;
    n: number;
    type: SessionEvent['type'];
    at: At;
    event: Json<SessionEvent>;
  };
  assignment: {
    session_id: SessionId;
    no: number;
    at: At;
    how: AssignmentHow;
    agent_id: AgentId | null;
    from_id: AgentId | null;
    by_id: AgentId | null;
    trace: Json<Trace>;
  };
  rotation: {
    channel_id: ChannelId;
    kind: SessionKind;
    target: Generated<string>;
    cursor: AgentId | null;
  };
  notification: {
    id: string;
    agent_id: AgentId;
    session_id: SessionId;
    type: string;
    popup: boolean;
    created_at: DefaultAt;
    read_at: MaybeAt;
  };
  change: {
    id: Generated<number>;
    xid: Generated<string>;
    at: DefaultAt;
    topic: 'session' | 'message' | 'command' | 'notification';
    session_id: SessionId;
    subject_id: string | null;
    agent_id: AgentId | null;
    before: Json<Audience>;
    after: Json<Audience>;
  };
  settings_fanout: { version: number; after_session_id: Generated<string>; done_at: MaybeAt };
};
