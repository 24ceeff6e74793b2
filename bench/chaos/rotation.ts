/** R7 under load: whoever reads the webhooks and whoever runs the sessions, the rotation is fair to one. */
import { sign } from '#channels/signature.ts';
import { messagePayload, toWire } from '#sandbox/payloads.ts';
import { SEED_PAGE } from '#sandbox/seed.ts';
import { inTurns, readFacts } from './facts.ts';
import { findViolations } from './invariants.ts';
import { countOutcome, emptyResult, type Result, type Say } from './runner.ts';
import { retire, settle } from './settle.ts';
import type { World } from './world.ts';

/** The Stack's own app, see local/apps.ts. */
const APP_SECRET = 'sandbox-app-secret';
const AT_ONCE = 50;
/** Page-scoped ids that no other run uses. */
let nextPerson = 3_000_000_000_000_000;

/** One new customer each, to all APIs in turn; then the sessions that each agent got are counted. */
export async function runRotation(
  world: World,
  { times, say }: { times: number; say: Say },
): Promise<Result> {
  const startedAt = performance.now();
  const result = emptyResult('rotation');
  const before = await held(world);
  const customers = Array.from({ length: times }, () => String((nextPerson += 1)));
  await inTurns(customers, AT_ONCE, async (customer, index) => {
    const status = await post(apiUrl(world, index), firstMessage(customer));
    if (status !== 200) throw new Error(`A webhook was answered with ${status}`);
    result.runs += 1;
  });
  say(`rotation: ${times} customers have written`);
  result.violations.push(...(await settle(world, customers)));
  result.violations.push(...findViolations(await readFacts(world, customers)));
  const after = await held(world);
  const got = world.agents.map(({ id }) => (after.get(id) ?? 0) - (before.get(id) ?? 0));
  countOutcome(result, `sessions per agent: ${got.join(' ')}`);
  if (Math.max(...got) - Math.min(...got) > 1 || got.reduce((a, b) => a + b, 0) !== times)
    result.violations.push({
      session: 'all',
      check: 'the rotation is fair to one',
      what: got.join(' '),
    });
  await retire(world, customers);
  result.seconds = (performance.now() - startedAt) / 1_000;
  return result;
}

/** Posts a webhook as Meta does. @returns the HTTP status; 0 = no answer */
export async function post(api: string, body: string): Promise<number> {
  try {
    const response = await fetch(`${api}/webhooks/meta`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-hub-signature-256': sign(Buffer.from(body), APP_SECRET),
      },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return 0;
    throw error;
  }
}

/** A delivery with one customer's message, as Meta writes it. */
export function firstMessage(customer: string, text = 'Còn size M không?'): string {
  const at = Date.now();
  const mid = `m_${customer}_${at}_${text.length}`;
  const page = SEED_PAGE.id;
  const of = { page, customer, at, mid, text, appId: null, metadata: null };
  return toWire(messagePayload({ ...of, from: 'customer' }));
}

function apiUrl({ stack }: World, index: number): string {
  return stack.apis[index % stack.apis.length]?.url ?? stack.apis[0].url;
}

/** Automatic assignments so far, by agent. */
async function held({ db }: World): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('assignment')
    .select((eb) => ['agent_id', eb.fn.countAll<number>().as('times')])
    .where('how', '=', 'automatic')
    .where('agent_id', 'is not', null)
    .groupBy('agent_id')
    .execute();
  return new Map(rows.flatMap(({ agent_id, times }) => (agent_id ? [[agent_id, times]] : [])));
}
