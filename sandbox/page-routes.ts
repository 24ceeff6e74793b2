/** The page on which one plays customers: a few files, served as they are. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';

const FOLDER = new URL('page/', import.meta.url);

// Other files of the folder are for those who work on it.
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const HEADERS = {
  'content-security-policy':
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Whoever changes a file sees it at the next reload.
  'cache-control': 'no-cache',
};

/** Serves the page at `/` and its parts below `/page`. */
export function registerPage(app: FastifyInstance): void {
  for (const name of readdirSync(FOLDER)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    app.get(name === 'index.html' ? '/' : `/page/${name}`, async (_request, reply) => {
      const file = await readFile(new URL(name, FOLDER));
      return reply.headers(HEADERS).type(type).send(file);
    });
  }
}
