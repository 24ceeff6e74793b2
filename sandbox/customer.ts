/** Plays a customer from the terminal: `npm run customer -- --as Lan "Còn size M không?"`, or `… comment "Giá?"`. */
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createSandboxClient, SandboxUnavailable } from '#sandbox/sandbox-client.ts';
import { SEED_PAGE } from '#sandbox/seed.ts';
import type { SandboxClient, SandboxCustomer } from '#sandbox/sandbox-client.ts';

const HELP = `Play a customer who writes to the Page, or comments under its posts.

  npm run customer -- --as Lan "Còn size M không?"   send one message
  npm run customer -- --as Lan                       talk: lines you type are sent, answers appear

  npm run customer -- comment "Giá bao nhiêu?"       comment under the Page's newest post

  --as <name>     who you are; the same name is the same person next time (default: Lan)
  --page <id>     which Page or Instagram account you write to (default: the sandbox's own Page)
  --post <id>     which post you comment under
  --reply-to <id> which comment you answer
  --help          this text

SANDBOX_URL names the sandbox (default: http://127.0.0.1:4020).`;

const POLL_MS = 500;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      as: { type: 'string', default: 'Lan' },
      page: { type: 'string' },
      post: { type: 'string' },
      'reply-to': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const client = createSandboxClient(process.env.SANDBOX_URL ?? 'http://127.0.0.1:4020');
  const me = await client.customerNamed(values.as);
  if (positionals[0] === 'comment') {
    const text = positionals.slice(1).join(' ').trim();
    const { page, post, 'reply-to': parent } = values;
    return comment(client, me, { page, post, parent, text });
  }
  const text = positionals.join(' ').trim();
  if (text === '') return talk(client, me, values.page);
  const mid = await client.write(me.id, { page: values.page, text });
  console.log(`${me.name} (${me.id}) wrote: ${text}\n${mid}`);
}

type Said = {
  page: string | undefined;
  post: string | undefined;
  parent: string | undefined;
  text: string;
};

async function comment(client: SandboxClient, me: SandboxCustomer, said: Said): Promise<void> {
  const { page, parent, text } = said;
  if (text === '') return console.log(HELP);
  const post = said.post ?? (await client.posts(page ?? SEED_PAGE.id))[0]?.id;
  if (post === undefined) return console.log('This Page has no post yet.');
  const id = await client.comment(me.id, { post, parent, text });
  console.log(`${me.name} (${me.id}) commented under ${post}: ${text}\n${id}`);
}

/** Until the input ends: what is typed is sent, what the Page answers is shown. */
async function talk(
  client: SandboxClient,
  me: SandboxCustomer,
  page: string | undefined,
): Promise<void> {
  console.log(`You are ${me.name} (${me.id}). Type a message and press Enter; Ctrl-C ends.`);
  const ending = new AbortController();
  const answers = showAnswers(client, me, ending.signal);
  try {
    for await (const line of createInterface({ input: process.stdin })) {
      const text = line.trim();
      if (text !== '') await client.write(me.id, { page, text });
    }
  } finally {
    ending.abort();
    await answers;
  }
}

async function showAnswers(
  client: SandboxClient,
  me: SandboxCustomer,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set((await client.messages(me.id)).map((message) => message.mid));
  // Once more after the end, for what came between the last look and it.
  for (let isLast = false; !isLast;) {
    await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
    isLast = signal.aborted;
    for (const { mid, from, text, at } of await client.messages(me.id)) {
      if (seen.has(mid) || from === 'customer') continue;
      seen.add(mid);
      console.log(`  ${new Date(at).toLocaleTimeString('vi-VN')}  ${text}`);
    }
  }
}

try {
  await main();
} catch (error) {
  const isExpected =
    error instanceof SandboxUnavailable ||
    (error instanceof TypeError &&
      'code' in error &&
      String(error.code).startsWith('ERR_PARSE_ARGS'));
  if (!isExpected) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
