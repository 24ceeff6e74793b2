import type { Generated } from 'kysely';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';
import type { At, DefaultAt, Json, MaybeAt } from './columns.ts';
import type { StoredClocks } from './stored.ts';

/** The workspace, who works in it, and its channels with their teams. */
export type PeopleTables = {
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
};
