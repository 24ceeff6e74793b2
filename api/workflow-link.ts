import type { ChannelId, SessionId } from '#domain/ids.ts';
import { sessionWorkflowId } from '#workflows/messages.ts';
import type { ApiEnv } from './env.ts';

/** Where an operator finds a session in Temporal (R54). */
export function workflowOf(
  session: { id: SessionId; channelId: ChannelId },
  env: Pick<ApiEnv, 'TEMPORAL_UI_URL' | 'TEMPORAL_NAMESPACE'>,
): { id: string; url: string | null } {
  const id = sessionWorkflowId(session);
  if (env.TEMPORAL_UI_URL === undefined) return { id, url: null };
  const path = `/namespaces/${env.TEMPORAL_NAMESPACE}/workflows/${encodeURIComponent(id)}`;
  return { id, url: new URL(path, env.TEMPORAL_UI_URL).href };
}
