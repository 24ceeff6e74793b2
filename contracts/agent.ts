import { z } from 'zod';
import { agentId, channelId } from './ids.ts';
import { text } from './text.ts';

export const role = z.enum(['owner', 'admin', 'staff']);

/** An agent by name, wherever one is mentioned. */
export const agentRef = z.strictObject({ id: agentId, name: z.string() }).meta({ id: 'Agent' });
export type AgentRef = z.infer<typeof agentRef>;

export const loginRequest = z.strictObject({
  email: text().min(1).max(320),
  password: text().min(1).max(1_000),
});

/** A channel whose sessions the viewer may see, with whom they may be given to. */
export const channelView = z
  .strictObject({
    id: channelId,
    platform: z.enum(['facebook', 'instagram']),
    name: z.string(),
    team: z.array(agentRef),
    /** Others' sessions: may the viewer see them, and act on them (R23)? */
    others: z.enum(['none', 'view', 'act']),
    /** How comments are answered unless the agent chooses otherwise (R15). */
    commentReply: z.enum(['comment', 'private']),
  })
  .meta({ id: 'Channel' });
export type ChannelView = z.infer<typeof channelView>;

export const me = z
  .strictObject({
    id: agentId,
    name: z.string(),
    email: z.string(),
    role,
    workspace: z.strictObject({ name: z.string(), timeZone: z.string() }),
    channels: z.array(channelView),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof me>;
