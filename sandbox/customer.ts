/** Plays a customer from the terminal: `npm run customer -- --as Lan "Còn size M không?"`. */
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createSandboxClient, SandboxUnavailable } from '#sandbox/sandbox-client.ts';
import type { SandboxClient, SandboxCustomer } from '#sandbox/sandbox-client.ts';

const HELP = `Play a customer who writes to the Page.

  npm run customer -- --as Lan "Còn size M không?"   send one message
  npm run customer -- --as Lan                       talk: lines you type are sent, answers appear

  --as <name>     who you are; the same name is the same person next time (default: Lan)
  --page <id>     which Page you write to (default: the sandbox's own)
  --help          this text

SANDBOX_URL names the sandbox (default: http://127.0.0.1:4020).`;

const POLL_MS = 500;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      as: { type: 'string', default: 'Lan' },
      page: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const client = createSandboxClient(process.env.SANDBOX_URL ?? 'http://127.0.0.1:4020');
  const me = await client.customerNamed(values.as);
  const text = positionals.join(' ').trim();
  if (text === '') return talk(client, me, values.page);
  const mid = await client.write(me.id, { page: values.page, text });
  console.log(`${me.name} (${me.id}) wrote: ${text}\n${mid}`);
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
