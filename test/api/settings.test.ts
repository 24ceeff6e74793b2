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
const on = { ...clocksOff, reassign: { on: true, afterSeconds: 60 } };

describe('the clocks', () => {
  it('are saved with a new version, on their way to the open sessions', async () => {
    const { version } = await load();
    const before = api.nudged.relay;
    const answer = await save({ ...on, version });
    expect(answer.json()).toEqual({ ...on, version: version + 1 });
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
