import type { SessionFilter, SessionRow } from '#contracts/session.ts';
import { api, ApiError, searchOf } from './api.ts';
import type { Desk } from './desk.svelte.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Wire } from './wire.ts';

export type Row = Wire<SessionRow>;
export type Page = { sessions: Row[]; cursor: string | null };
export type Query = Wire<SessionFilter>;

const PAGE = 50;
const MOST_PER_PAGE = 100;

/** The sessions of one view, kept up to date without moving under the hand that is about to choose. */
export class SessionList {
  readonly query: Query;
  rows: Row[] = $state.raw([]);
  /** Why the last reading failed; what was read before stays. */
  trouble: ApiError | null = $state.raw(null);
  /** When the rows were read last, epoch ms. */
  readAt = $state(0);
  isReadingMore = $state(false);
  /** Pointer or focus is in the list: rows change in place, new ones wait. */
  isHeld = $state(false);
  #cursor: string | null = $state.raw(null);
  #fresh: Page | null = $state.raw(null);
  readonly #refresh = oneAtATime((changed) => this.#read(changed));
  readonly #desk: Desk;

  constructor(desk: Desk, query: Query, page: Page) {
    this.#desk = desk;
    this.query = query;
    this.rows = page.sessions;
    this.#cursor = page.cursor;
    this.readAt = desk.clock.now;
  }

  /** How many sessions wait to be shown. */
  get arrived(): number {
    const shown = new Set(this.rows.map(({ id }) => id));
    return this.#fresh?.sessions.filter(({ id }) => !shown.has(id)).length ?? 0;
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  start(): () => void {
    return this.#desk.watch({
      onChange: (ids) => void this.refresh(ids),
      onGone: (id) => {
        this.rows = this.rows.filter((row) => row.id !== id);
      },
    });
  }

  /** Reads the top anew, and those further down that have changed. */
  refresh(changed: ReadonlySet<string> | null = null): Promise<void> {
    return this.#refresh(changed ?? new Set());
  }

  async readMore(): Promise<void> {
    if (this.#cursor === null || this.isReadingMore) return;
    this.isReadingMore = true;
    try {
      const page = await this.#ask(PAGE, this.#cursor);
      const known = new Set(this.rows.map(({ id }) => id));
      this.rows = [...this.rows, ...page.sessions.filter(({ id }) => !known.has(id))];
      this.#cursor = page.cursor;
      this.trouble = null;
    } catch (error) {
      this.#fail(error);
    }
    this.isReadingMore = false;
  }

  hold(): void {
    this.isHeld = true;
  }

  /** Shows what has waited. */
  release(): void {
    this.isHeld = false;
    this.showArrived();
  }

  showArrived(): void {
    if (this.#fresh !== null) this.#show(this.#fresh);
    this.#fresh = null;
  }

  /** A row that the person themselves has just dealt with. */
  remove(id: string): void {
    this.rows = this.rows.filter((row) => row.id !== id);
  }

  async #read(changed: ReadonlySet<string>): Promise<void> {
    try {
      const limit = Math.min(MOST_PER_PAGE, Math.max(PAGE, this.rows.length));
      const page = await this.#ask(limit, null);
      this.trouble = null;
      this.readAt = this.#desk.clock.now;
      if (this.isHeld) this.#update(page);
      else this.#show(page);
      await this.#readDeep(page, changed);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The page on top; below it what was read before, unless it has moved up. */
  #show(page: Page): void {
    if (page.cursor === null) {
      this.rows = page.sessions;
      this.#cursor = null;
      return;
    }
    const top = new Set(page.sessions.map(({ id }) => id));
    const below = this.rows.slice(page.sessions.length).filter(({ id }) => !top.has(id));
    this.rows = [...page.sessions, ...below];
    if (below.length === 0) this.#cursor = page.cursor;
  }

  #update(page: Page): void {
    const fresh = new Map(page.sessions.map((row) => [row.id, row]));
    this.rows = this.rows.map((row) => fresh.get(row.id) ?? row);
    this.#fresh = page;
  }

  async #readDeep(page: Page, changed: ReadonlySet<string>): Promise<void> {
    const top = new Set(page.sessions.map(({ id }) => id));
    const deep = this.rows.filter(({ id }) => changed.has(id) && !top.has(id));
    for (const { id } of deep) {
      const row = await api<Row>('GET', `/sessions/${id}`);
      this.rows = this.rows.map((old) => (old.id === id ? row : old));
    }
  }

  #ask(limit: number, cursor: string | null): Promise<Page> {
    const query = searchOf({ ...this.query, limit: String(limit), cursor });
    return api<Page>('GET', `/sessions?${query}`);
  }

  #fail(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'SIGN_IN') this.#desk.report(error);
    this.trouble = error;
  }
}
