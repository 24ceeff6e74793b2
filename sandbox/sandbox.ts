/** A Meta of one's own: the Graph API, signed webhooks, and customers to play, in one small server. */
import Fastify, { type FastifyInstance } from 'fastify';
import { ZodError, z } from 'zod';
import type { Context } from '#sandbox/context.ts';
import { registerControl } from '#sandbox/control-routes.ts';
import { createFaults, type Faults } from '#sandbox/faults.ts';
import { registerGraph } from '#sandbox/graph-routes.ts';
import { PlayError } from '#sandbox/play-error.ts';
import { registerPlay } from '#sandbox/play-routes.ts';
import { registerPage } from '#sandbox/page-routes.ts';
import { registerPlayComments } from '#sandbox/play-comment-routes.ts';
import { registerLook } from '#sandbox/look-routes.ts';
import { SEED_INSTAGRAM, SEED_PAGE, SEED_POSTS, subscribed } from '#sandbox/seed.ts';
import { openStore, type Store } from '#sandbox/store.ts';
import { createWebhookSender } from '#sandbox/webhook-sender.ts';
import type { World } from '#sandbox/world.ts';

export type SandboxOptions = {
  /** 0 for any free one. */
  port: number;
  host?: string;
  /** Where webhooks go. */
  webhookUrl: string;
  /** The app whose token sends, named in echoes. */
  appId: string;
  appSecret: string;
  verifyToken: string;
  /** Keeps everything over restarts; without it the sandbox forgets. */
  dataFile?: string | undefined;
};

export type Sandbox = {
  /** Both the Graph API's address and the one of `/sandbox/…`. */
  url: string;
  /** For tests in the same process: to look into, and to break things with. */
  state: { world: World; faults: Faults };
  close(): Promise<void>;
};

/** @throws when the port is taken, or the data file cannot be read */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { appId, appSecret, verifyToken, webhookUrl, dataFile } = options;
  const store = openStore(dataFile);
  seed(store);
  const faults = createFaults();
  const app = Fastify({ forceCloseConnections: true });
  const webhooks = createWebhookSender({ url: webhookUrl, appSecret, store, faults });
  const context = { appId, appSecret, verifyToken, store, faults, webhooks };
  registerRoutes(app, context);
  const close = async () => {
    await webhooks.close();
    await app.close();
  };
  try {
    const { port, host = '127.0.0.1' } = options;
    const url = await app.listen({ port, host });
    return { url, state: { world: store.world, faults }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a fresh sandbox begins with; what a kept one lacks of it. */
function seed({ world, record }: Store): void {
  for (const page of [SEED_PAGE, SEED_INSTAGRAM])
    if (!world.pages.has(page.id)) record({ type: 'page', page: subscribed(page) });
  for (const post of SEED_POSTS)
    if (!world.posts.has(post.id)) record({ type: 'post', post: { ...post, at: Date.now() } });
}

function registerRoutes(app: FastifyInstance, context: Context): void {
  registerPage(app);
  app.register(async (graph) => registerGraph(graph, context));
  app.register(
    async (play) => {
      play.setErrorHandler((error, _request, reply) => {
        const { status, message } = explain(error);
        return reply.code(status).send({ error: message });
      });
      registerPlay(play, context);
      registerPlayComments(play, context);
      registerLook(play, context);
      registerControl(play, context);
    },
    { prefix: '/sandbox' },
  );
}

function explain(error: unknown): { status: number; message: string } {
  if (error instanceof ZodError) return { status: 400, message: z.prettifyError(error) };
  if (error instanceof PlayError) return { status: error.status, message: error.message };
  const status = hasStatus(error) ? error.statusCode : 500;
  return { status, message: error instanceof Error ? error.message : 'Unknown error' };
}

function hasStatus(error: unknown): error is { statusCode: number } {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}
