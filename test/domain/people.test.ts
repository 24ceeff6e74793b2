import { describe, expect, test } from 'vitest';
import { linkHolds, refusalToGo, refusalToManage, type PeopleRefusal } from '#domain/people.ts';
import type { Role } from '#domain/permission.ts';

describe('R56: who may change people', () => {
  test.for<[Role, Role, PeopleRefusal | null]>([
    ['staff', 'staff', 'ADMINS_ONLY'],
    ['staff', 'owner', 'ADMINS_ONLY'],
    ['admin', 'staff', null],
    ['admin', 'admin', null],
    ['admin', 'owner', 'OWNERS_ONLY'],
    ['owner', 'owner', null],
    ['owner', 'staff', null],
  ])('%s, %s: %s', ([by, role, refusal]) => {
    expect(refusalToManage(by, role)).toBe(refusal);
  });
});

describe('R56: the last owner', () => {
  const owner = { role: 'owner' as const, disabled: false };
  test.for<[string, Parameters<typeof refusalToGo>, PeopleRefusal | null]>([
    ['stays', [owner, 1], 'LAST_OWNER'],
    ['goes when there is another', [owner, 2], null],
    ['is not somebody who is disabled', [{ ...owner, disabled: true }, 1], null],
    ['is not an admin', [{ role: 'admin', disabled: false }, 1], null],
  ])('%s', ([, args, refusal]) => {
    expect(refusalToGo(...args)).toBe(refusal);
  });
});

describe('R56: a one-time link holds', () => {
  test.for<[string, Parameters<typeof linkHolds>, boolean]>([
    ['when an admin made it for staff', [{ role: 'admin', disabled: false }, 'staff'], true],
    ['when the installation made it', [null, 'owner'], true],
    ['not when its maker was disabled', [{ role: 'admin', disabled: true }, 'staff'], false],
    ['not when its maker is staff by now', [{ role: 'staff', disabled: false }, 'staff'], false],
    ['not for an owner, from an admin', [{ role: 'admin', disabled: false }, 'owner'], false],
  ])('%s', ([, args, holds]) => {
    expect(linkHolds(...args)).toBe(holds);
  });
});
