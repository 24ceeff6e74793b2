import type { Generated } from 'kysely';
import type { ChatAutomation, CommentAutomation } from '#domain/automation.ts';
import type { AgentId, ChannelId, GroupId, TagId } from '#domain/ids.ts';
import type { KeywordRule } from '#domain/keyword-rule.ts';
import type { Role } from '#domain/permission.ts';
import type { At, DefaultAt, DefaultJson, Json, MaybeAt, MaybeJson } from './columns.ts';
import type { DepartureCause, StoredBusinessHours, StoredClocks } from './stored.ts';

/** The workspace, who works in it, and its channels with their teams. */
export type PeopleTables = {
  workspace: {
    id: Generated<number>;
    name: string;
    time_zone: Generated<string>;
    clocks: Json<StoredClocks>;
    settings_version: Generated<number>;
    secret_check: Buffer | null;
    business_hours: MaybeJson<StoredBusinessHours>;
    capacity: number | null;
    presence_grace_seconds: Generated<number>;
    hand_back_offline: Generated<boolean>;
    people_version: Generated<number>;
  };
  agent: {
    id: AgentId;
    name: string;
    email: string;
    role: Role;
    password_hash: string;
    disabled_at: MaybeAt;
    created_at: DefaultAt;
    capacity: number | null;
    last_login_at: MaybeAt;
  };
  login: { token_hash: Buffer; agent_id: AgentId; created_at: DefaultAt; expires_at: At };
  api_token: {
    id: string;
    agent_id: AgentId;
    name: string;
    token_hash: Buffer;
    created_at: DefaultAt;
    revoked_at: MaybeAt;
    last_used_at: MaybeAt;
  };
  invitation: {
    token_hash: Buffer;
    purpose: 'invitation' | 'reset';
    email: string;
    name: string;
    role: Role;
    agent_id: AgentId | null;
    invited_by: AgentId | null;
    created_at: DefaultAt;
    expires_at: At;
    used_at: MaybeAt;
  };
  audit_log: {
    id: string;
    at: DefaultAt;
    agent_id: AgentId | null;
    action: string;
    subject_type: string;
    subject_id: string | null;
    before: MaybeJson<unknown>;
    after: MaybeJson<unknown>;
  };
  departure: {
    id: Generated<number>;
    agent_id: AgentId;
    channel_id: ChannelId | null;
    cause: DepartureCause;
    /** The sessions up to this id have been told. */
    told_to: Generated<string>;
    at: DefaultAt;
  };
  team_group: { id: GroupId; name: string; created_at: DefaultAt; version: Generated<number> };
  team_group_member: { group_id: GroupId; agent_id: AgentId; position: number };
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
    support_version: Generated<number>;
    assignment_version: Generated<number>;
    interaction_version: Generated<number>;
    sticky: Generated<boolean>;
    owner_priority: Generated<boolean>;
    mode: Generated<'sequential' | 'random'>;
    apply_to: Generated<'online' | 'all'>;
    keyword_rules: DefaultJson<KeywordRule[]>;
    transfer_owner: Generated<boolean>;
    lead_tag_id: TagId | null;
    lead_source: string | null;
    comment_reply: Generated<'comment' | 'private'>;
    comment_automation: DefaultJson<CommentAutomation>;
    chat_automation: DefaultJson<ChatAutomation>;
  };
  /** Listed users, and with no position the switches of who is of the team by a group. */
  channel_agent: {
    channel_id: ChannelId;
    agent_id: AgentId;
    position: number | null;
    receives_messages: Generated<boolean>;
    receives_comments: Generated<boolean>;
  };
  channel_group: { channel_id: ChannelId; group_id: GroupId; position: number };
  /** A view: everybody of a channel's team once, in the order of R3. */
  channel_member: {
    channel_id: ChannelId;
    agent_id: AgentId;
    place: number[];
    receives_messages: boolean;
    receives_comments: boolean;
  };
  presence: {
    agent_id: AgentId;
    seen_at: MaybeAt;
    seen_by: string | null;
    away: Generated<boolean>;
    online: Generated<boolean>;
  };
  presence_event: { agent_id: AgentId; at: DefaultAt; online: boolean; away: boolean };
  api_process: { id: string; started_at: DefaultAt; seen_at: DefaultAt };
};
