/** Ids are text (uuidv7). Branded, so that an agent's id is never taken for a session's. */
type Id<Name extends string> = string & { readonly __id: Name };

export type AgentId = Id<'agent'>;
export type ChannelId = Id<'channel'>;
export type CustomerId = Id<'customer'>;
export type MessageId = Id<'message'>;
export type SessionId = Id<'session'>;
export type CommandId = Id<'command'>;
export type GroupId = Id<'group'>;
export type LabelId = Id<'label'>;
export type TagId = Id<'tag'>;

/** The kind of a session: a private chat, or comments under one post. */
export type SessionKind = 'message' | 'comment';
