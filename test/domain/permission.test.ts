import { describe, expect, test } from 'vitest';
import { accessTo, type Access, type TeamPermission, type Viewer } from '#domain/permission.ts';
import { an, binh, chi } from '#test/support/session-builders.ts';

const own = { view: false, interact: false };
const view = { view: true, interact: false };
const interact = { view: true, interact: true };

const staff: Viewer = { agent: an, role: 'staff', disabled: false, inTeam: true };
const unassigned = { assignee: null, supporters: [] };
const ofAn = { assignee: an, supporters: [] };
const ofBinh = { assignee: binh, supporters: [chi] };
const supportedByAn = { assignee: binh, supporters: [chi, an] };

describe('R12, R23: staff of the team', () => {
  test.for<[string, typeof ofBinh | typeof ofAn | typeof unassigned, TeamPermission, Access]>([
    ['act on unassigned sessions', unassigned, own, 'act'],
    ['act on their own', ofAn, own, 'act'],
    ['act on those they support', supportedByAn, own, 'act'],
    ["see nothing of others' sessions", ofBinh, own, 'none'],
    ["see others' sessions with view", ofBinh, view, 'view'],
    ["act on others' sessions with interact", ofBinh, interact, 'act'],
    ["act on others' sessions with interact alone", ofBinh, { ...own, interact: true }, 'act'],
  ])('%s', ([, session, permission, access]) => {
    expect(accessTo(session, staff, permission)).toBe(access);
  });
});

describe('R23, R35, R56: what counts beside the session', () => {
  test.for<[string, Partial<Viewer>, typeof ofBinh | typeof ofAn | typeof unassigned, Access]>([
    ['an admin of the team acts on all', { role: 'admin' }, ofBinh, 'act'],
    [
      'an admin who is not of the team sees nothing',
      { role: 'admin', inTeam: false },
      ofBinh,
      'none',
    ],
    [
      'the workspace owner counts as in every team',
      { role: 'owner', inTeam: false },
      ofBinh,
      'act',
    ],
    ['who left the team sees not even their own', { inTeam: false }, ofAn, 'none'],
    [
      'who is not of the team sees nothing that is unassigned',
      { inTeam: false },
      unassigned,
      'none',
    ],
    [
      'who is not of the team sees nothing that they support',
      { inTeam: false },
      supportedByAn,
      'none',
    ],
    ['a disabled agent sees nothing', { disabled: true }, ofAn, 'none'],
    ['a disabled owner sees nothing', { role: 'owner', disabled: true }, ofAn, 'none'],
  ])('%s', ([, change, session, access]) => {
    expect(accessTo(session, { ...staff, ...change }, own)).toBe(access);
  });

  test('no permission of the team reaches beyond the team', () => {
    expect(accessTo(ofBinh, { ...staff, inTeam: false }, interact)).toBe('none');
  });
});
