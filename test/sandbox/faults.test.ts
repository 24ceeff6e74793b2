import { describe, expect, test } from 'vitest';
import { createFaults, faultSettings } from '#sandbox/faults.ts';
import { aCustomer, aSandbox, ask, PAGE, TOKEN } from './support.ts';

const bearer = { authorization: `Bearer ${TOKEN}` };

describe('faults', () => {
  const rollsOf = (settings: object) => {
    const faults = createFaults();
    faults.set(faultSettings.parse(settings));
    return Array.from({ length: 1_000 }, () => faults.rollSend());
  };

  test('come in the same order for the same seed, in another for another', () => {
    const settings = { truncate: 0.3, resetAfter: 0.2 };
    expect(rollsOf({ ...settings, seed: 7 })).toEqual(rollsOf({ ...settings, seed: 7 }));
    expect(rollsOf({ ...settings, seed: 7 })).not.toEqual(rollsOf({ ...settings, seed: 8 }));
  });

  test('come as often as asked', () => {
    const rolls = rollsOf({ truncate: 0.3, resetAfter: 0.2 });
    const count = (fault: string | null) => rolls.filter((one) => one === fault).length;
    expect(count('truncate')).toBeGreaterThan(250);
    expect(count('truncate')).toBeLessThan(350);
    expect(count('resetAfter')).toBeGreaterThan(150);
    expect(count('resetAfter')).toBeLessThan(250);
    expect(count('stall')).toBe(0);
  });

  test('are set, shown and cleared over HTTP', async () => {
    const { url } = await aSandbox();
    const path = `${url}/sandbox/faults`;
    expect((await ask(path, 'PUT', { truncate: 0.5 })).body).toMatchObject({
      truncate: 0.5,
      stall: 0,
    });
    expect((await ask(path)).body).toMatchObject({ truncate: 0.5 });
    expect((await ask(path, 'PUT', { truncate: 2 })).status).toBe(400);
    expect((await ask(path, 'DELETE')).status).toBe(204);
    expect((await ask(path)).body).toMatchObject({ truncate: 0 });
  });

  test('can be told for the next sends of one customer', async () => {
    const sandbox = await aSandbox();
    const [lan, hoa] = [await aCustomer(sandbox, 'Lan'), await aCustomer(sandbox, 'Hoa')];
    const send = (id: string) =>
      ask(
        `${sandbox.url}/v25.0/${PAGE}/messages`,
        'POST',
        { recipient: { id }, message: { text: 'a' } },
        bearer,
      );
    await ask(`${sandbox.url}/sandbox/faults/next`, 'POST', {
      customer: lan.id,
      times: 2,
      status: 403,
      error: { code: 200, error_subcode: 1_545_041, message: 'Không được' },
      headers: { 'x-test': 'yes' },
    });
    expect((await send(hoa.id)).status).toBe(200);
    const refused = await send(lan.id);
    expect(refused).toMatchObject({
      status: 403,
      body: { error: { code: 200, error_subcode: 1_545_041, message: 'Không được' } },
    });
    expect(refused.headers.get('x-test')).toBe('yes');
    expect((await send(lan.id)).status).toBe(403);
    expect((await send(lan.id)).status).toBe(200);
  });

  test('can deliver although they answer with an error', async () => {
    const sandbox = await aSandbox();
    const lan = await aCustomer(sandbox);
    await ask(`${sandbox.url}/sandbox/faults/next`, 'POST', {
      error: { code: 1 },
      isDelivered: true,
    });
    const body = { recipient: { id: lan.id }, message: { text: 'a' } };
    expect(await ask(`${sandbox.url}/v25.0/me/messages`, 'POST', body, bearer)).toMatchObject({
      status: 400,
    });
    expect((await ask(`${sandbox.url}/sandbox/outbox`)).body).toMatchObject([{ text: 'a' }]);
  });
});
