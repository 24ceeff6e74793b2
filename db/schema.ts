import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
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
import type { StoredSession } from '#domain/session/upcast.ts';
import type { At, DefaultAt, Json, MaybeAt, MaybeJson } from './columns.ts';
import type { CustomerTables } from './schema-customers.ts';
import type { PeopleTables } from './schema-people.ts';
import type { Audience, MessageAuthor, MessageState, StoredAttachment } from './stored.ts';
import type { RefusalCode } from '#domain/refusal.ts';

export type Database = PeopleTables &
  CustomerTables & {
    post: {
      channel_id: ChannelId;
      external_id: string;
      text: string | null;
      permalink: string | null;
    };
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
      state: ColumnType<StoredSession | null, string | null | undefined, string | null>;
      run: Generated<number>;
      version: Generated<number>;
      commit_key: string | null;
      commit_result: MaybeJson<unknown>;
      applied_seq: Generated<number>;
      next_due_at: MaybeAt;
      customer_seq: Generated<number>;
      answer_seq: Generated<number>;
      unanswered: GeneratedAlways<boolean>;
      supporters: Generated<AgentId[]>;
      snoozed_until: MaybeAt;
      last_assignee_id: AgentId | null;
      line_woken_at: MaybeAt;
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
      direction: 'in' | 'out' | 'note';
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
      parent: string | null;
      reply_to: string | null;
      /** Who wrote it was blocked when it came: shown in the thread, and nothing more. */
      from_blocked: Generated<boolean>;
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
      note: string | null;
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
      note_id: MessageId | null;
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
      assignment_no: number | null;
      /** The note in which they are mentioned. */
      message_id: MessageId | null;
    };
    read_mark: {
      agent_id: AgentId;
      session_id: SessionId;
      last_read_seq: Generated<number>;
      unread_over: number | null;
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
    line_stir: { id: GeneratedAlways<number> };
    settings_fanout: { version: number; after_session_id: Generated<string>; done_at: MaybeAt };
  };
