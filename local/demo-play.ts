import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { messagePage } from '#contracts/message.ts';
import { sessionPage, type SessionRow } from '#contracts/session.ts';
import type { DemoLogin } from '#local/demo.ts';
import { ANSWERS, VISITS, type Answer, type Visit } from '#local/demo-story.ts';
import { callJson } from '#local/json-call.ts';
import { becomesTrue } from '#local/wait.ts';

const PATIENCE_MS = 30_000;

const withId = z.object({ id: z.string() });

export type DemoStage = {
  apiUrl: string;
  sandboxUrl: string;
  logins: readonly DemoLogin[];
};

/**
 * Plays a new demo's first customers in the sandbox, whose webhooks go the way of all webhooks; then
 * the agents in charge answer two of them.
 * @throws Error in words when something of it does not happen
 */
export async function playDemo(stage: DemoStage): Promise<void> {
  const ids = await playCustomers(stage.sandboxUrl);
  for (const answer of ANSWERS) {
    const session = await sessionOf(stage, answer.to);
    await answerAs(stage, session, answer);
  }
  // The one who was only answered has read it; the other is out shopping.
  const reader = ANSWERS.find(({ isDone }) => !isDone)?.to ?? '';
  await readAnswer(stage.sandboxUrl, ids.get(reader) ?? '');
}

/** @returns the customers' ids in the sandbox, by name */
async function playCustomers(sandboxUrl: string): Promise<Map<string, string>> {
  const play = `${sandboxUrl}/sandbox`;
  const ids = new Map<string, string>();
  const comments = new Map<string, string>();
  for (const visit of VISITS) {
    const made = await callJson(`${play}/customers`, { body: { name: visit.name } });
    const { id } = withId.parse(made.body);
    ids.set(visit.name, id);
    for (const text of visit.texts) {
      if (visit.kind === 'message') {
        await callJson(`${play}/customers/${id}/messages`, { body: { page: visit.page, text } });
      } else {
        comments.set(visit.name, await comment(play, { id, text, visit, comments }));
      }
    }
    // One after the other, so that they come to the agents in this order.
    await settled(play);
  }
  return ids;
}

/** @returns the comment's id */
async function comment(
  play: string,
  {
    id,
    text,
    visit,
    comments,
  }: { id: string; text: string; visit: Visit; comments: ReadonlyMap<string, string> },
): Promise<string> {
  const { body: listed } = await callJson(`${play}/posts?page=${visit.page}`);
  const [post] = z.array(withId).parse(listed);
  const parent = visit.under === undefined ? undefined : comments.get(visit.under);
  const body = { post: post?.id, text, ...(parent === undefined ? {} : { parent }) };
  return withId.parse((await callJson(`${play}/customers/${id}/comments`, { body })).body).id;
}

async function settled(play: string): Promise<void> {
  const isSettled = async () => {
    const { body } = await callJson(`${play}/pending`);
    return z.object({ pending: z.number() }).parse(body).pending === 0;
  };
  await inTime('the inbox takes in what a customer wrote', isSettled);
}

/** The customer's session, once it is known whose it is and who is in charge. */
async function sessionOf(stage: DemoStage, customer: string): Promise<SessionRow> {
  const headers = await signIn(stage, 'owner');
  let found: SessionRow | undefined;
  await inTime(`${customer} is assigned to an agent`, async () => {
    const { body } = await callJson(`${stage.apiUrl}/api/sessions?limit=100`, { headers });
    const { sessions } = sessionPage.parse(body);
    found = sessions.find(({ customer: { name } }) => name === customer);
    return found !== undefined && found.assignee !== null;
  });
  if (found === undefined) throw new Error(`${customer} has no session`);
  return found;
}

async function answerAs(stage: DemoStage, session: SessionRow, answer: Answer): Promise<void> {
  const headers = await signIn(stage, session.assignee?.name ?? '');
  const url = `${stage.apiUrl}/api/sessions/${session.id}`;
  const ask = (path: string, body: unknown) =>
    callJson(`${url}/${path}`, { body, headers: { ...headers, 'idempotency-key': randomUUID() } });
  const { seenSeq } = messagePage.parse((await callJson(`${url}/messages`, { headers })).body);
  const reply = await ask('replies', { text: answer.text, seenSeq });
  if (!answer.isDone) return;
  const { seq } = z.object({ seq: z.number() }).parse(reply.body);
  await ask('commands', { type: 'done', seenSeq: seq });
}

/** @returns the headers of a request by the person of that role or name */
async function signIn(stage: DemoStage, who: string): Promise<Record<string, string>> {
  const person = stage.logins.find(({ role, name }) => role === who || name === who);
  if (person === undefined) throw new Error(`The demo has no "${who}"`);
  const { email, password } = person;
  const { headers } = await callJson(`${stage.apiUrl}/api/login`, { body: { email, password } });
  return {
    cookie: headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; '),
  };
}

async function readAnswer(sandboxUrl: string, customer: string): Promise<void> {
  const url = `${sandboxUrl}/sandbox/customers/${customer}`;
  const messages = z.array(z.object({ page: z.string(), from: z.enum(['customer', 'page']) }));
  let page: string | undefined;
  await inTime('an answer reaches its customer', async () => {
    const { body } = await callJson(`${url}/messages`);
    page = messages.parse(body).find(({ from }) => from === 'page')?.page;
    return page !== undefined;
  });
  await callJson(`${url}/read`, { body: { page } });
}

async function inTime(what: string, ask: () => Promise<boolean>): Promise<void> {
  let reason = '';
  const asked = async () => {
    try {
      return await ask();
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : String(error)}`;
      return false;
    }
  };
  if (await becomesTrue(asked, { timeoutMs: PATIENCE_MS })) return;
  throw new Error(`Waited in vain until ${what}${reason}`);
}
