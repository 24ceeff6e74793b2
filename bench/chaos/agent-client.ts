/** An agent at the HTTP API: signs in, reads, replies and commands, and keeps asking while a process is away. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { CommandRequest } from '#contracts/command.ts';
import { commandAnswer, replyAnswer } from '#contracts/command.ts';
import { errorAnswer, type ErrorCode } from '#contracts/errors.ts';
import { messagePage, type Message } from '#contracts/message.ts';
import { sessionDetail, type SessionDetail } from '#contracts/session.ts';
import { clockSettings } from '#contracts/settings.ts';
import type { StoredClocks } from '#db/stored.ts';
import type { AgentId, MessageId, SessionId } from '#domain/ids.ts';
import { openStream, type BrowserStream } from './browser-stream.ts';
import type { Employee } from './workspace.ts';

export type HttpAnswer = { status: number; body: unknown };

/** What became of a reply or command. `gone`: the session is no longer to be seen by this agent. */
export type AskOutcome =
  | { is: 'done'; messageId: MessageId | null; seq: number | null }
  | { is: 'refused'; code: ErrorCode; assignee: AgentId | null | undefined };

/** For so long an agent keeps asking: longer than any process is away in a run. */
const PATIENCE_MS = 90_000;
const PAUSE_MS = 100;

export class AgentClient {
  readonly employee: Employee;
  readonly #urls: readonly string[];
  #cookie = '';
  #turn = 0;

  /** @param urls of the APIs; requests go to them in turn, and to the next when one does not answer */
  constructor(employee: Employee, urls: readonly string[]) {
    this.employee = employee;
    this.#urls = urls;
  }

  get id(): AgentId {
    return this.employee.id;
  }

  async signIn(): Promise<void> {
    const { email, password } = this.employee;
    const response = await fetch(`${this.#url()}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (response.status !== 204 || cookie === undefined)
      throw new Error(`Cannot sign in: ${response.status} ${await response.text()}`);
    this.#cookie = cookie.split(';')[0] ?? '';
  }

  /** One request to one API. @throws when there is no answer */
  async request(method: string, path: string, body?: unknown, key?: string): Promise<HttpAnswer> {
    const response = await fetch(`${this.#url()}/api/${path}`, {
      method,
      headers: {
        cookie: this.#cookie,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Asks until somebody answers: a dead API and one without its database are asked again. */
  async persist(method: string, path: string, body?: unknown, key?: string): Promise<HttpAnswer> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.request(method, path, body, key).catch(noAnswer);
      if (answer !== null && answer.status !== 503) return answer;
      if (Date.now() > end) throw new Error(`Nobody answers ${method} ${path}`);
      await sleep(PAUSE_MS);
    }
  }

  async get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const { status, body } = await this.persist('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return schema.parse(body);
  }

  session(id: SessionId): Promise<SessionDetail> {
    return this.get(`sessions/${id}`, sessionDetail);
  }

  /** All messages of a session, oldest first. */
  async messages(id: SessionId): Promise<Message[]> {
    const all: Message[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await this.get(`sessions/${id}/messages?limit=200${query}`, messagePage);
      all.unshift(...page.messages);
      cursor = page.cursor;
    } while (cursor !== null);
    return all;
  }

  /** Sends a reply and waits for what becomes of it; repeated requests carry the same key. */
  reply(id: SessionId, text: string, seenSeq: number): Promise<AskOutcome> {
    return this.#ask(`sessions/${id}/replies`, { text, seenSeq });
  }

  command(id: SessionId, command: CommandRequest): Promise<AskOutcome> {
    return this.#ask(`sessions/${id}/commands`, command);
  }

  /** Saves the clocks over whatever is there. */
  async setClocks(clocks: StoredClocks): Promise<number> {
    const { version } = await this.get('settings/clocks', clockSettings);
    const { status, body } = await this.persist('PUT', 'settings/clocks', { version, ...clocks });
    if (status !== 200) throw new Error(`Clocks: ${status} ${JSON.stringify(body)}`);
    return clockSettings.parse(body).version;
  }

  /** The desk is open in a browser: that is what being online means (R58). */
  openStream(): BrowserStream {
    return openStream(
      (signal) => fetch(`${this.#url()}/api/stream`, { headers: { cookie: this.#cookie }, signal }),
      () => this.request('POST', 'me/presence/beat'),
    );
  }

  async #ask(path: string, body: unknown): Promise<AskOutcome> {
    const key = randomUUID();
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.persist('POST', path, body, key);
      const outcome = outcomeOf(path, answer);
      if (outcome !== null) return outcome;
      if (Date.now() > end) throw new Error(`No outcome for ${path} ${JSON.stringify(body)}`);
    }
  }

  #url(): string {
    this.#turn += 1;
    return this.#urls[this.#turn % this.#urls.length] ?? '';
  }
}

function noAnswer(error: unknown): null {
  // What fetch throws when the process is gone, or dies while it answers.
  if (error instanceof TypeError || error instanceof SyntaxError) return null;
  if (error instanceof DOMException && error.name === 'TimeoutError') return null;
  throw error;
}

function outcomeOf(path: string, { status, body }: HttpAnswer): AskOutcome | null {
  if (status === 202) return null;
  if (status === 200) {
    commandAnswer.parse(body);
    return { is: 'done', messageId: null, seq: null };
  }
  if (status === 201) {
    const { messageId, seq } = replyAnswer.parse(body);
    return { is: 'done', messageId, seq };
  }
  const { error } = errorAnswer.parse(body);
  if (status >= 500) throw new Error(`${path}: ${status} ${error.code}`);
  const { code, assignee } = error;
  return { is: 'refused', code, assignee: assignee?.id ?? (assignee === null ? null : undefined) };
}
