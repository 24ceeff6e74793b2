import type { Desk } from '#lib/state/desk.svelte.ts';
import type { SessionThread } from '#lib/state/session-thread.svelte.ts';

type Working = 'take' | 'done' | 'reopen';

/** What can be done with the whole session: by button and by key alike. */
export class ThreadActions {
  /** The dialog that is open. */
  dialog: 'assign' | 'history' | null = $state(null);
  /** What is being done right now. */
  working: Working | null = $state(null);
  readonly #desk: Desk;
  readonly #thread: SessionThread;

  constructor(desk: Desk, thread: SessionThread) {
    this.#desk = desk;
    this.#thread = thread;
  }

  /** Why nothing can be changed here; null = it can. */
  get forbidden(): string | null {
    return this.#thread.mayAct ? null : this.#words.viewOnly;
  }

  /** Why nobody can be put in charge now; null = somebody can. */
  get unassignable(): string | null {
    return this.forbidden ?? (this.#thread.detail.status === 'done' ? this.#words.isDone : null);
  }

  get mayTake(): boolean {
    return this.#thread.detail.status !== 'done' && this.#thread.detail.assignee === null;
  }

  async take(): Promise<void> {
    if (!this.mayTake || this.unassignable !== null) return;
    const isTaken = await this.#work('take', () =>
      this.#thread.command({ type: 'take', from: null }),
    );
    if (isTaken && this.#thread.isMine) this.#say(this.#words.said.take);
  }

  async done(): Promise<void> {
    if (this.#thread.isDone || this.forbidden !== null) return;
    const isDone = await this.#work('done', () => this.#thread.command({ type: 'done' }));
    // One that takes longer has been said to.
    if (isDone && this.#thread.isDone) this.#say(this.#words.said.done, () => void this.reopen());
  }

  async reopen(): Promise<void> {
    if (!this.#thread.isDone || this.forbidden !== null) return;
    const isOpen = await this.#work('reopen', () => this.#thread.command({ type: 'reopen' }));
    if (isOpen && !this.#thread.isDone) this.#say(this.#words.said.reopen, () => void this.done());
  }

  async markUnread(): Promise<void> {
    await this.#thread.markUnread();
    await this.#thread.refresh();
    if (this.#thread.detail.unread > 0) this.#say(this.#words.said.unread);
  }

  openAssign(): void {
    if (this.unassignable === null) this.dialog = 'assign';
  }

  openHistory(): void {
    this.dialog = 'history';
  }

  get #words() {
    return this.#desk.words.thread;
  }

  /**
   * A key held down does nothing twice. Another action need not wait: the page may show what became of
   * the first before its request is answered, and a key that the page offers must not be lost.
   */
  async #work(working: Working, work: () => Promise<boolean>): Promise<boolean> {
    if (this.working === working) return false;
    this.working = working;
    try {
      return await work();
    } finally {
      if (this.working === working) this.working = null;
    }
  }

  #say(text: string, undo?: () => void): void {
    this.#desk.toasts.add({ text, tone: 'good', ...(undo === undefined ? {} : { undo }) });
  }
}
