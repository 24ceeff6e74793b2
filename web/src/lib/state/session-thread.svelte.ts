import type { CommandRequest } from '#contracts/command.ts';
import type { HistoryEntry } from '#contracts/history.ts';
import type { Message } from '#contracts/message.ts';
import type { SessionDetail } from '#contracts/session.ts';
import { api, ApiError, newKey } from './api.ts';
import type { Desk } from './desk.svelte.ts';
import { beforeDraft } from './drafts.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Unsent } from './outbox.svelte.ts';
import type { Wire } from './wire.ts';

export type Detail = Wire<SessionDetail>;
export type ThreadMessage = Wire<Message>;
export type Entry = Wire<HistoryEntry>;
type Page = { messages: ThreadMessage[]; cursor: string | null; seenSeq: number };

/** One session as it is open on the desk: what was said, what may be done, and what is being written. */
export class SessionThread {
  readonly id: string;
  detail: Detail = $state.raw() as Detail;
  /** Oldest first. */
  messages: ThreadMessage[] = $state.raw([]);
  /** Null until it is asked for. Newest first. */
  history: Entry[] | null = $state.raw(null);
  trouble: ApiError | null = $state.raw(null);
  /** The viewer may no longer see it. */
  isGone = $state(false);
  isReadingOlder = $state(false);
  /** A command is under way. */
  isBusy = $state(false);
  #draft = $state('');
  #seenSeq = 0;
  #older: string | null = $state.raw(null);
  #readUpTo = 0;
  readonly #refresh = oneAtATime(() => this.#read());
  readonly #desk: Desk;

  constructor(desk: Desk, detail: Detail, page: Page) {
    this.#desk = desk;
    this.id = detail.id;
    this.detail = detail;
    this.#take(page);
    this.#older = page.cursor;
  }

  /** Takes up what this browser had kept, and follows the session. Only in the browser. @returns stops it */
  start(): () => void {
    this.#draft = this.#desk.drafts.read(this.id);
    return this.#desk.watch({
      sessionId: this.id,
      onChange: (ids) => {
        if (ids === null || ids.has(this.id)) void this.refresh();
      },
      onGone: (id) => (this.isGone ||= id === this.id),
      onRefused: ({ session, text }) => {
        if (session === this.id) this.putBack(text);
      },
      onCommand: ({ sessionId, code, assignee }) => {
        if (sessionId === this.id && code !== null)
          this.#desk.report(new ApiError(code, { assignee }));
      },
    });
  }

  /** Written and not yet taken by the server, oldest first. */
  get unsent(): Unsent[] {
    return this.#desk.outbox.unsent.filter(({ session }) => session === this.id);
  }

  get draft(): string {
    return this.#draft;
  }

  set draft(text: string) {
    this.#draft = text;
    this.#desk.drafts.write(this.id, text);
  }

  get hasOlder(): boolean {
    return this.#older !== null;
  }

  get mayAct(): boolean {
    return this.detail.access === 'act';
  }

  get isMine(): boolean {
    return this.detail.assignee?.id === this.#desk.me.id;
  }

  /** Done, and nothing is about to reopen it. */
  get isDone(): boolean {
    return this.detail.status === 'done' && !this.detail.waking;
  }

  /** Reads what may have changed. */
  refresh(): Promise<void> {
    return this.#refresh(new Set());
  }

  async readOlder(): Promise<void> {
    if (this.#older === null || this.isReadingOlder) return;
    this.isReadingOlder = true;
    try {
      const cursor = encodeURIComponent(this.#older);
      const page = await api<Page>('GET', `/sessions/${this.id}/messages?cursor=${cursor}`);
      this.messages = merge(page.messages, this.messages);
      this.#older = page.cursor;
    } catch (error) {
      this.#desk.report(error);
    }
    this.isReadingOlder = false;
  }

  async readHistory(): Promise<void> {
    try {
      const answer = await api<{ entries: Entry[] }>('GET', `/sessions/${this.id}/history`);
      this.history = answer.entries;
    } catch (error) {
      this.#desk.report(error);
    }
  }

  /** The viewer has all that is shown before their eyes. */
  async markRead(): Promise<void> {
    if (this.detail.unread === 0 || this.#readUpTo >= this.#seenSeq) return;
    this.#readUpTo = this.#seenSeq;
    await api('PUT', `/sessions/${this.id}/read`, { body: { seq: this.#seenSeq } }).catch(() => {
      this.#readUpTo = 0;
    });
  }

  async markUnread(): Promise<void> {
    // What stands there now is not read by itself again: that would undo it at once.
    this.#readUpTo = this.#seenSeq;
    await this.#try(() => api('DELETE', `/sessions/${this.id}/read`));
  }

  /** Sends what stands in the box. It is kept until the server has it, and reaches the customer once. */
  send(options: { commentId?: string } = {}): void {
    const text = this.#draft.trim();
    if (text === '') return;
    const { id: session } = this;
    const at = this.#desk.clock.now;
    this.#desk.outbox.add({ session, text, seenSeq: this.#seenSeq, at, ...options });
    this.draft = '';
  }

  /** Takes back what the server does not have yet. */
  takeBack(unsent: Unsent): void {
    this.#desk.outbox.remove(unsent.key);
    this.putBack(unsent.text);
  }

  /** Into the box, before what stands there. */
  putBack(text: string): void {
    this.draft = beforeDraft(text, this.#draft);
  }

  /** @returns whether it was done; why not is shown */
  async command(request: Unseen<CommandRequest>): Promise<boolean> {
    this.isBusy = true;
    const isDone = await this.#try(async () => {
      const body = { ...request, seenSeq: this.#seenSeq };
      const answer = await api<{ state: 'done' | 'pending' }>(
        'POST',
        `/sessions/${this.id}/commands`,
        {
          body,
          key: newKey(),
        },
      );
      if (answer.state === 'pending')
        this.#desk.toasts.add({ text: this.#desk.words.pending, tone: 'info' });
    });
    await this.refresh();
    this.isBusy = false;
    return isDone;
  }

  async addNote(text: string): Promise<boolean> {
    const isDone = await this.#try(() =>
      api('POST', `/sessions/${this.id}/notes`, { body: { text } }),
    );
    await this.refresh();
    return isDone;
  }

  async #try(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#desk.report(error);
      return false;
    }
  }

  async #read(): Promise<void> {
    try {
      // What was just handed over must not show twice: as sent by the server, and as waiting here.
      await this.#desk.outbox.settled();
      const [detail, page] = await Promise.all([
        api<Detail>('GET', `/sessions/${this.id}`),
        api<Page>('GET', `/sessions/${this.id}/messages`),
      ]);
      this.detail = detail;
      this.#take(page);
      this.trouble = null;
      if (this.history !== null) await this.readHistory();
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(page: Page): void {
    this.messages = merge(this.messages, page.messages);
    this.#seenSeq = Math.max(this.#seenSeq, page.seenSeq);
  }

  #fail(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'SIGN_IN') this.#desk.report(error);
    if (error.code === 'NOT_FOUND') this.isGone = true;
    this.trouble = error;
  }
}

/** A command without what the thread itself knows. */
type Unseen<Request> = Request extends unknown ? Wire<Omit<Request, 'seenSeq'>> : never;

/** The newer of each message, in the order of the thread. */
function merge(before: readonly ThreadMessage[], after: readonly ThreadMessage[]): ThreadMessage[] {
  const byId = new Map([...before, ...after].map((message) => [message.id, message]));
  return [...byId.values()].sort((a, b) => a.seq - b.seq || (a.id < b.id ? -1 : 1));
}
