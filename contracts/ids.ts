import { z } from 'zod';
import type {
  AgentId,
  ChannelId,
  CommandId,
  CustomerId,
  GroupId,
  LabelId,
  MessageId,
  SessionId,
  TagId,
} from '#domain/ids.ts';

/** An id as it crosses a wire. The cast is the place where text from outside becomes an id. */
function id<Id extends string>(): z.ZodType<Id, Id> {
  return z.string().regex(/^[\w-]{1,64}$/, 'Not an id.') as unknown as z.ZodType<Id, Id>;
}

export const agentId = id<AgentId>();
export const channelId = id<ChannelId>();
export const commandId = id<CommandId>();
export const customerId = id<CustomerId>();
export const groupId = id<GroupId>();
export const labelId = id<LabelId>();
export const messageId = id<MessageId>();
export const sessionId = id<SessionId>();
export const tagId = id<TagId>();

/** A place in a session's journal. */
export const seq = z.int().min(0);
