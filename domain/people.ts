import type { Role } from './permission.ts';

/** Why a change of people is not made (R56). */
export type PeopleRefusal = 'ADMINS_ONLY' | 'OWNERS_ONLY' | 'LAST_OWNER';

/**
 * Whether somebody may change who has a role, or give it: admins manage people, but only an owner touches owners and
 * makes new ones.
 */
export function refusalToManage(by: Role, role: Role): PeopleRefusal | null {
  if (by === 'staff') return 'ADMINS_ONLY';
  return role === 'owner' && by !== 'owner' ? 'OWNERS_ONLY' : null;
}

/**
 * Whether somebody may cease to work as what they are: a workspace is never without an owner who can sign in.
 * @param owners how many owners there are that are not disabled
 */
export function refusalToGo(
  agent: { role: Role; disabled: boolean },
  owners: number,
): PeopleRefusal | null {
  return agent.role === 'owner' && !agent.disabled && owners <= 1 ? 'LAST_OWNER' : null;
}

/** Who made a one-time link; null = the installation itself. */
export type LinkMaker = { role: Role; disabled: boolean } | null;

/**
 * Whether a one-time link still holds: as long as who made it may still do what it does, so that nobody comes back by
 * a link that they made while they were an admin.
 * @param role of who is invited, or has by now who gets a new password
 */
export function linkHolds(maker: LinkMaker, role: Role): boolean {
  return maker === null || (!maker.disabled && refusalToManage(maker.role, role) === null);
}
