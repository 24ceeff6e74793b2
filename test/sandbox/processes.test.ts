import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aSandbox, ask, PAGE, until } from './support.ts';

const run = promisify(execFile);

const customer = (url: string, ...args: string[]) =>
  run(process.execPath, ['sandbox/customer.ts', ...args], {
    env: { ...process.env, SANDBOX_URL: url },
  });

describe('the command that plays a customer', () => {
  test('sends one message, as the same person each time', async () => {
    const sandbox = await aSandbox();
    const { stdout } = await customer(sandbox.url, '--as', 'Lan', 'Còn size M không?');
    await customer(sandbox.url, '--as', 'Lan', 'Còn', 'không?');
    const people = (await ask(`${sandbox.url}/sandbox/customers`)).body as { id: string }[];
    expect(people).toMatchObject([{ name: 'Lan' }]);
    const id = people[0]?.id ?? '';
    expect(stdout).toContain(`Lan (${id}) wrote: Còn size M không?`);
    expect((await ask(`${sandbox.url}/sandbox/customers/${id}/messages`)).body).toMatchObject([
      { text: 'Còn size M không?' },
      { text: 'Còn không?' },
    ]);
  });

  test('talks: sends what is typed and shows what is answered', async () => {
    const sandbox = await aSandbox();
    const child = spawn(process.execPath, ['sandbox/customer.ts', '--as', 'Hoa'], {
      env: { ...process.env, SANDBOX_URL: sandbox.url },
    });
    onTestFinished(() => void child.kill());
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    child.stdin.write('Chào shop\n');
    const id = await until(
      'Hoa has written',
      () => [...sandbox.state.world.threads.values()][0]?.[0]?.customer,
    );
    await ask(`${sandbox.url}/sandbox/pages/${PAGE}/replies`, 'POST', {
      customer: id,
      text: 'Chào Hoa',
    });
    await until('the answer is shown', () => shown.includes('Chào Hoa'));
    child.stdin.end();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  test('explains itself, and says what is wrong', async () => {
    const sandbox = await aSandbox();
    expect((await customer(sandbox.url, '--help')).stdout).toContain('--as <name>');
    await expect(customer(sandbox.url, '--nonsense')).rejects.toMatchObject({ code: 1 });
    await sandbox.close();
    await expect(customer(sandbox.url, 'Chào')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`No sandbox answers at ${sandbox.url}`),
    });
  });
});

describe('the process', () => {
  test('says where it listens and ends cleanly when told to', async () => {
    const child = spawn(process.execPath, ['sandbox/main.ts'], {
      env: { ...process.env, SANDBOX_PORT: '0', WEBHOOK_URL: 'http://127.0.0.1:4029/x' },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    const url = await until('it listens', () => /sandbox at (\S+),/.exec(shown)?.[1]);
    // Nobody takes its webhook: it must end all the same.
    const { body } = await ask(`${url}/sandbox/customers`, 'POST', { name: 'Lan' });
    const { id } = body as { id: string };
    await ask(`${url}/sandbox/customers/${id}/messages`, 'POST', { text: 'Chào' });
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });
});
