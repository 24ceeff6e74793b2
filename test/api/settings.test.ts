import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { anAgent, aWorkspace, clocksOff } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let asAdmin: Caller;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  asAdmin = await api.as(await anAgent(database.db, { role: 'admin' }));
});
afterAll(async () => {
  await api.close();
  await database.close();
});

const url = '/api/settings/clocks';
const load = async () => (await asAdmin({ url })).json();
const save = (payload: object, caller = asAdmin) => caller({ method: 'PUT', url, payload });
const followingNone = ({ autoClose, reassign, deadline }: typeof clocksOff) => ({
  autoClose: { ...autoClose, businessHours: false },
  reassign: { ...reassign, businessHours: false },
  deadline: { ...deadline, businessHours: false },
});
const on = { ...clocksOff, reassign: { on: true, afterSeconds: 60 } };

describe('the clocks', () => {
  it('are saved with a new version, on their way to the open sessions', async () => {
    const { version } = await load();
    const before = api.nudged.relay;
    const answer = await save({ ...on, version });
    expect(answer.json()).toEqual({ ...followingNone(on), version: version + 1, hours: null });
    expect(await load()).toEqual(answer.json());
    const fanOut = database.db.selectFrom('settings_fanout').select(['version', 'done_at']);
    expect(await fanOut.execute()).toEqual([{ version: version + 1, done_at: null }]);
    expect(api.nudged.relay).toBe(before + 1);
  });

  it('of two admins who save at once, one is told', async () => {
    const { version } = await load();
    const answers = await Promise.all([save({ ...on, version }), save({ ...clocksOff, version })]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const refused = answers.find(({ statusCode }) => statusCode === 409);
    expect(refused?.json().error).toMatchObject({ code: 'STALE_SETTINGS', field: 'version' });
  });

  it('that make no sense are refused by the field, and nothing changes', async () => {
    const before = await load();
    const deadline = { on: true, afterSeconds: 60, warnBeforeSeconds: 60 };
    const answer = await save({ ...before, deadline });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.field).toBe('deadline.warnBeforeSeconds');
    expect(await load()).toEqual(before);
  });

  it('R43: a closing text that one of the networks would not take is refused before it fails at a customer', async () => {
    const before = await load();
    const withText = (text: string) => ({ ...before, autoClose: { ...before.autoClose, text } });
    const fits = 'ữ'.repeat(333);
    const { error } = (await save(withText(`${fits}ữ`))).json();
    expect([error.code, error.field]).toEqual(['INVALID', 'autoClose.text']);
    expect(error.message).toBe(
      'At most 1000 bytes, not 1002. It is sent on every channel, and Instagram takes no more.',
    );
    expect(await load()).toEqual(before);
    expect((await save(withText(fits))).json().autoClose.text).toBe(fits);
  });

  it('belong to the owner and the admins', async () => {
    const asStaff = await api.as(await anAgent(database.db));
    const answers = [await asStaff({ url }), await save({ ...on, version: 1 }, asStaff)];
    expect(answers.map((answer) => answer.json().error.code)).toEqual([
      'ADMINS_ONLY',
      'ADMINS_ONLY',
    ]);
    const asOwner = await api.as(await anAgent(database.db, { role: 'owner' }));
    expect((await asOwner({ url })).statusCode).toBe(200);
  });
});

const audited = async () =>
  database.db
    .selectFrom('audit_log')
    .select(['agent_id', 'action', 'subject_type', 'before', 'after'])
    .orderBy('at')
    .orderBy('id')
    .execute();
const fanOuts = async () => {
  const rows = await database.db
    .selectFrom('settings_fanout')
    .select('version')
    .orderBy('version')
    .execute();
  return rows.map(({ version }) => version);
};
const shift = [480, 1_020];
const hours = { days: [[shift], [shift], [shift], [shift], [shift], [], []], holidays: [] };

describe('the business hours (R46)', () => {
  const clocks = async () => ({ ...followingNone(clocksOff), version: (await load()).version });

  it('are saved with the clocks, and reach the open sessions like these', async () => {
    const before = await clocks();
    const deadline = { ...before.deadline, businessHours: true };
    const answer = await save({ ...before, deadline, hours });
    expect(answer.json()).toEqual({ ...before, deadline, hours, version: before.version + 1 });
    expect(await load()).toEqual(answer.json());
    expect((await fanOuts()).at(-1)).toBe(before.version + 1);
  });

  it('stay as they are when a save leaves them out, and go when it says so', async () => {
    await save({ ...(await clocks()), hours });
    expect((await save(await clocks())).json().hours).toEqual(hours);
    expect((await save({ ...(await clocks()), hours: null })).json().hours).toBeNull();
  });

  it.each([
    ['no hours', null],
    ['hours without a shift', { days: hours.days.map(() => []), holidays: [] }],
  ])('are needed by a clock that follows them: %s', async (_what, none) => {
    const before = await load();
    for (const clock of ['autoClose', 'reassign', 'deadline']) {
      const following = { ...before, [clock]: { ...before[clock], businessHours: true } };
      const { error } = (await save({ ...following, hours: none })).json();
      expect([error.code, error.field]).toEqual(['INVALID', `${clock}.businessHours`]);
    }
    expect(await load()).toEqual(before);
  });

  it('and the clocks are audited as far as they changed (R55)', async () => {
    const before = await clocks();
    await save({ ...before, hours: null });
    const { length } = await audited();
    const autoClose = { ...before.autoClose, text: 'Cảm ơn bạn' };
    await save({ ...before, version: before.version + 1, autoClose, hours });
    expect((await audited()).slice(length)).toMatchObject([
      {
        action: 'clocks.changed',
        subject_type: 'workspace',
        before: { autoClose: before.autoClose, hours: null },
        after: { autoClose, hours },
      },
    ]);
  });
});

describe('the workspace', () => {
  const address = '/api/settings/workspace';
  const loadIt = async () => (await asAdmin({ url: address })).json();
  const saveIt = (payload: object, caller = asAdmin) =>
    caller({ method: 'PUT', url: address, payload });
  const changeIt = async (payload: object) => saveIt({ ...(await loadIt()), ...payload });
  const stirred = async () =>
    (await database.db.selectFrom('line_stir').select('id').execute()).length;

  it('begins with no capacity, a minute of grace, and keeps what is set (R48, R58)', async () => {
    expect(await loadIt()).toEqual({
      version: 1,
      name: 'Test',
      timeZone: 'Asia/Ho_Chi_Minh',
      capacity: null,
      presenceGraceSeconds: 60,
      handBackOffline: false,
    });
    const settings = {
      name: 'Cửa hàng',
      timeZone: 'Europe/Berlin',
      capacity: 8,
      presenceGraceSeconds: 90,
      handBackOffline: true,
    };
    const [before, { length }] = [await stirred(), await audited()];
    expect((await changeIt(settings)).json()).toEqual({ version: 2, ...settings });
    expect(await loadIt()).toEqual({ version: 2, ...settings });
    expect(await stirred()).toBe(before + 1);
    expect((await audited()).slice(length)).toMatchObject([
      { action: 'workspace.changed', before: { capacity: null }, after: settings },
    ]);
  });

  it('in another time zone re-times the open sessions, and only then', async () => {
    const { version } = await load();
    await changeIt({ timeZone: 'Asia/Ho_Chi_Minh' });
    expect((await load()).version).toBe(version + 1);
    expect((await fanOuts()).at(-1)).toBe(version + 1);
    await changeIt({ capacity: 9 });
    expect((await load()).version).toBe(version + 1);
  });

  it('of two admins who save at once tells the second (R17)', async () => {
    const settings = await loadIt();
    const answers = await Promise.all([saveIt(settings), saveIt(settings)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
  });

  it.each([
    ['no name', { name: ' ' }, 'name'],
    ['a time zone that is none', { timeZone: 'Asia/Hanoi' }, 'timeZone'],
    ['a mere distance', { timeZone: '+07:00' }, 'timeZone'],
    ['an empty time zone', { timeZone: '' }, 'timeZone'],
    ['a capacity below nothing', { capacity: -1 }, 'capacity'],
    ['no grace', { presenceGraceSeconds: 4 }, 'presenceGraceSeconds'],
    ['too much grace', { presenceGraceSeconds: 3_601 }, 'presenceGraceSeconds'],
  ])('with %s is refused by the field', async (_what, payload, field) => {
    expect((await changeIt(payload)).json().error).toMatchObject({ code: 'INVALID', field });
  });

  it('belongs to the owner and the admins', async () => {
    const asStaff = await api.as(await anAgent(database.db));
    for (const answer of [await asStaff({ url: address }), await saveIt(await loadIt(), asStaff)])
      expect(answer.json().error.code).toBe('ADMINS_ONLY');
  });
});
