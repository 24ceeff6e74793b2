/** The sandbox as a process of its own. */
import { z } from 'zod';
import { startSandbox, type SandboxOptions } from '#sandbox/sandbox.ts';

const environment = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4020),
  WEBHOOK_URL: z.url().default('http://127.0.0.1:4010/webhooks/meta'),
  META_APP_ID: z.string().min(1).default('184719329217930'),
  META_APP_SECRET: z.string().min(1).default('sandbox-app-secret'),
  META_VERIFY_TOKEN: z.string().min(1).default('sandbox-verify-token'),
  SANDBOX_DATA: z.string().min(1).optional(),
});

function readOptions(env: NodeJS.ProcessEnv): SandboxOptions {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { data } = parsed;
  return {
    port: data.SANDBOX_PORT,
    webhookUrl: data.WEBHOOK_URL,
    appId: data.META_APP_ID,
    // The app accepts a list, so that secrets change without a gap; Meta signs with one.
    appSecret: data.META_APP_SECRET.split(',')[0]?.trim() ?? '',
    verifyToken: data.META_VERIFY_TOKEN,
    dataFile: data.SANDBOX_DATA,
  };
}

try {
  const options = readOptions(process.env);
  const sandbox = await startSandbox(options);
  console.log(`Meta sandbox at ${sandbox.url}, webhooks to ${options.webhookUrl}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sandbox.close());
  }
} catch (error) {
  console.error(
    `The sandbox could not start: ${error instanceof Error ? error.message : 'unknown'}`,
  );
  process.exitCode = 1;
}
