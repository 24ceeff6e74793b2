import { join } from 'node:path';
import { migrate } from '#db/migrate.ts';
import { httpPart, type HttpPart } from '#local/node-part.ts';
import { ensureDatabase } from '#local/postgres.ts';
import { freePort } from '#local/ports.ts';
import type { Installation } from './installation.ts';
import { APP_SECRET } from './webhooks.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** A database of its own on the same Postgres, with a workspace. */
export type SeparateInbox = { databaseUrl: string; workspace: Workspace };

export async function separateInbox(
  { stack }: Pick<Installation, 'stack'>,
  name: string,
): Promise<SeparateInbox> {
  const url = new URL(stack.databaseUrl);
  url.pathname = `/${name}`;
  await ensureDatabase(url.href);
  await migrate(url.href);
  const { secretKey } = stack;
  const workspace = await createWorkspace({ databaseUrl: url.href, secretKey });
  return { databaseUrl: url.href, workspace };
}

/** An API process that only answers requests: no intake, no relay, no watchdog. */
export async function webOnlyApi(
  { stack, dataDir }: Pick<Installation, 'stack' | 'dataDir'>,
  { databaseUrl }: SeparateInbox,
): Promise<HttpPart> {
  const port = await freePort();
  const part = httpPart({
    name: 'API for the web only',
    entry: 'api/main.ts',
    logFile: join(dataDir, 'logs', `api-web-${port}.log`),
    port,
    readyPath: '/health/ready',
    env: () => ({
      ROLES: 'web',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: stack.temporal.address,
      SECRET_KEY: stack.secretKey,
      META_APP_ID: '184719329217930',
      META_APP_SECRET: APP_SECRET,
      META_VERIFY_TOKEN: 'sandbox-verify-token',
    }),
  });
  await part.start();
  return part;
}
