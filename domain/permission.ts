import type { AgentId } from './ids.ts';
import type { Command } from './session/entry.ts';

/** Who looks or acts, with what counts for one channel. */
export type Viewer = {
  agent: AgentId;
  role: Role;
  disabled: boolean;
  /** Listed in the channel's team. The workspace owner counts as in every team (R23). */
  inTeam: boolean;
};

export type Role = 'owner' | 'admin' | 'staff';

/** Whether somebody may be given a session, help with it or be named in it (R56). */
export function isOfTeam({ disabled, inTeam }: Viewer): boolean {
  return inTeam && !disabled;
}

/** R12: what staff of a channel's team may do with each other's sessions. */
export type TeamPermission = { view: boolean; interact: boolean };

export type Access = 'none' | 'view' | 'act';

export type Need = 'act' | 'assign';

/** To put somebody in charge, or nobody, takes more than to act (R35). */
const NEEDS: Record<Command['type'], Need> = {
  take: 'assign',
  assign: 'assign',
  unassign: 'assign',
  done: 'act',
  reopen: 'act',
  supporters: 'act',
  snooze: 'act',
  unsnooze: 'act',
  retry: 'act',
  confirm: 'act',
};

/** What an agent must be allowed to do for a command to be followed. */
export function needsOf({ type }: Pick<Command, 'type'>): Need {
  return NEEDS[type];
}

/** Who may put somebody in charge, or nobody: a supporter may do everything but that (R35). */
export function mayAssign(
  session: { assignee: AgentId | null },
  viewer: Viewer,
  permission: TeamPermission,
): boolean {
  return accessTo({ ...session, supporters: [] }, viewer, permission) === 'act';
}

/** The one rule of who may see a session and who may act on it (R23), for reads, stream and commands alike. */
export function accessTo(
  session: { assignee: AgentId | null; supporters: readonly AgentId[] },
  viewer: Viewer,
  permission: TeamPermission,
): Access {
  if (viewer.disabled) return 'none';
  if (viewer.role === 'owner') return 'act';
  if (!viewer.inTeam) return 'none';
  if (viewer.role === 'admin') return 'act';
  const isTheirs =
    session.assignee === null ||
    session.assignee === viewer.agent ||
    session.supporters.includes(viewer.agent);
  if (isTheirs || permission.interact) return 'act';
  return permission.view ? 'view' : 'none';
}
