/** The floor of "a webhook is accepted": Fastify, the signature, one insert, and nothing else. A process of its own. */
import fastify from 'fastify';
import pg from 'pg';
import { verifySignature } from '#channels/signature.ts';

const { DATABASE_URL: connectionString, APP_SECRET = '', PORT } = process.env;
const pool = new pg.Pool({ connectionString });
const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

app.get('/ready', async () => 'yes');
app.post('/webhooks/meta', async (request, reply) => {
  const body = request.body as Buffer;
  const signature = String(request.headers['x-hub-signature-256']);
  if (!verifySignature(body, signature, [APP_SECRET])) return reply.status(401).send();
  await pool.query({
    name: 'store',
    text: 'insert into floor_delivery (body) values ($1)',
    values: [body],
  });
  return reply.send('EVENT_RECEIVED');
});
process.once('SIGTERM', () => process.exit(0));

await pool.query(`
  create table if not exists floor_delivery (
    id bigint generated always as identity primary key,
    received_at timestamptz not null default clock_timestamp(),
    body bytea not null
  )`);
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
