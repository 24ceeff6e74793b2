import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '#api/metrics.ts';
import { createDatabase } from '#db/database.ts';
import { testApi, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database, { temporalStatus: async () => 'down' });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

describe('health', () => {
  it('says that the process lives', async () => {
    expect((await api.app.inject('/health/live')).json()).toEqual({ status: 'ok' });
  });

  it('is degraded, but ready, without Temporal', async () => {
    const answer = await api.app.inject('/health/ready');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      status: 'degraded',
      postgres: 'ok',
      temporal: 'down',
      intakeLagMs: 0,
      relayLagMs: 0,
      warnings: [],
    });
  });

  it('warns when nobody reads what Meta delivers', async () => {
    const received_at = new Date(Date.now() - 60_000);
    await database.db
      .insertInto('webhook_delivery')
      .values({ body: Buffer.from('x'), received_at })
      .execute();
    const answer = (await api.app.inject('/health/ready')).json();
    expect(answer.intakeLagMs).toBeGreaterThan(59_000);
    expect(answer.warnings).toEqual([expect.stringContaining('ROLES=ingest')]);
    await database.db.deleteFrom('webhook_delivery').execute();
  });

  it('is not ready without Postgres, and says so to whoever asks for something', async () => {
    const away = createDatabase('postgres://127.0.0.1:1/none', { connectTimeoutMs: 500 });
    const waiting = await testApi(database, { db: away });
    const ready = await waiting.app.inject('/health/ready');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toMatchObject({ status: 'unready', postgres: 'down' });
    const asked = await waiting.app.inject({ url: '/api/me', cookies: { everthread: 'x' } });
    expect([asked.statusCode, asked.json().error.code]).toEqual([503, 'UNAVAILABLE']);
    expect((await waiting.app.inject('/health/live')).statusCode).toBe(200);
    const metrics = await createMetrics(away).registry.metrics();
    expect(metrics).toContain('sessions_rescued_total 0');
    await waiting.close();
    await away.destroy();
  });

  it('is not ready while it stops', async () => {
    const stopping = await testApi(database, { isServing: () => false });
    expect((await stopping.app.inject('/health/ready')).statusCode).toBe(503);
    await stopping.close();
  });
});

it('metrics count without naming anybody', async () => {
  await api.app.inject('/api/sessions/0190-some-id/messages?cursor=abc');
  const { body } = await api.app.inject('/metrics');
  expect(body).toContain('sessions_rescued_total 0');
  expect(body).toContain('route="/api/sessions/:id/messages"');
  expect(body).toContain('deliveries_parked{what="delivery"} 0');
  expect(body).not.toContain('0190-some-id');
});
