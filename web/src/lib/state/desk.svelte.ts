import { getContext, setContext } from 'svelte';
import type { Me } from '#contracts/agent.ts';
import type { Notification } from '#contracts/notification.ts';
import type { CountsQuery, SessionCounts } from '#contracts/session.ts';
import { prefsCookie, type Prefs } from '#lib/prefs.ts';
import { wordsOf, type Words } from '#lib/words/index.ts';
import { api, ApiError, searchOf } from './api.ts';
import { Clock } from './clock.svelte.ts';
import { beforeDraft, Drafts } from './drafts.ts';
import { Outbox, type Unsent } from './outbox.svelte.ts';
import { Shortcuts } from './shortcuts.ts';
import { listenToStream, type LiveEvent } from './stream.ts';
import { chime } from './sound.ts';
import { Toasts } from './toasts.svelte.ts';
import type { Wire } from './wire.ts';

type Counts = Wire<SessionCounts>;
type Told = Wire<Notification>;
type Given = { me: Wire<Me>; prefs: Prefs; counts: Counts; countsOf: Of; now: number };
type Of = Wire<CountsQuery>;

/** A part of the page that shows something which may change. */
export type Watcher = {
  /** The session that it shows, if it shows one alone. */
  sessionId?: string;
  /** Sessions have changed; null = anything may have. */
  onChange: (sessionIds: ReadonlySet<string> | null) => void;
  onGone?: (sessionId: string) => void;
  /** A reply was not taken; its text must not be lost. */
  onRefused?: (unsent: Unsent) => void;
  onCommand?: (event: Extract<LiveEvent, { event: 'command' }>['data']) => void;
};

/** Changes of so short a time are answered with one question. */
const GATHER_MS = 60;
/** The counts of a busy desk need not change more often. */
const COUNTS_EVERY_MS = 1_000;
/** So long a connection may be away before it is said: a restart of the server passes unnoticed. */
const AWAY_AFTER_MS = 1_500;

/** What all parts of one agent's desk share. Made anew for every page that the server renders: nothing leaks. */
export class Desk {
  readonly me: Wire<Me>;
  readonly clock: Clock;
  readonly drafts: Drafts;
  readonly outbox: Outbox;
  readonly toasts = new Toasts();
  readonly shortcuts = new Shortcuts(() => this.prefs.keys);
  prefs: Prefs = $state() as Prefs;
  counts: Counts = $state.raw() as Counts;
  /** Unread ones, newest first. */
  notifications: Told[] = $state.raw([]);
  /** In a browser, not while the server renders: what the browser keeps may be shown. */
  isLive = $state(false);
  /** Whether changes reach this page by themselves. */
  connection: 'connecting' | 'live' | 'away' = $state('connecting');
  readonly #watchers = new Set<Watcher>();
  #changed: Set<string> | null = new Set();
  #gathering = false;
  #countedAt = 0;
  #newestTold: string | null = null;
  #countsOf: Of = {};

  constructor(given: Given) {
    this.me = given.me;
    this.prefs = given.prefs;
    this.counts = given.counts;
    this.#countsOf = given.countsOf;
    this.clock = new Clock(given.now);
    this.drafts = new Drafts(given.me.id);
    this.outbox = new Outbox(given.me.id, (unsent, error) => this.#takeBack(unsent, error));
  }

  /** Times are shown in the viewer's; until the browser has told it, in the workspace's. */
  get timeZone(): string {
    return this.prefs.timeZone ?? this.me.workspace.timeZone;
  }

  get words(): Words {
    return wordsOf(this.prefs.lang);
  }

  /** Begins to live: only in the browser. @returns stops it */
  start(serverNow: number): () => void {
    const stopClock = this.clock.start(serverNow);
    let awayTimer: ReturnType<typeof setTimeout> | undefined;
    const stopStream = listenToStream({
      onEvent: (event) => this.#hear(event),
      onState: (isOpen) => {
        if (isOpen) {
          clearTimeout(awayTimer);
          awayTimer = undefined;
          this.connection = 'live';
          this.#changeAll();
        } else {
          // Every try to come back that fails says so anew.
          awayTimer ??= setTimeout(() => (this.connection = 'away'), AWAY_AFTER_MS);
        }
      },
    });
    const wake = (): void => {
      if (document.visibilityState === 'visible') this.#changeAll();
    };
    document.addEventListener('visibilitychange', wake);
    this.isLive = true;
    this.outbox.start();
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (timeZone !== this.prefs.timeZone) this.choose({ timeZone });
    return () => {
      stopClock();
      stopStream();
      clearTimeout(awayTimer);
      document.removeEventListener('visibilitychange', wake);
    };
  }

  /** The address has changed, and with it what the filters count. */
  follow({ counts, countsOf }: Pick<Given, 'counts' | 'countsOf'>): void {
    this.counts = counts;
    this.#countsOf = countsOf;
  }

  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Says what went wrong; a lost login leads to the sign-in page. */
  report(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'SIGN_IN')
      location.assign(`/login?to=${encodeURIComponent(location.pathname)}`);
    else this.toasts.add({ text: this.words.trouble(error), tone: 'bad' });
  }

  async readNotifications(): Promise<void> {
    try {
      const answer = await api<{ notifications: Told[] }>('GET', '/notifications?unread=true');
      if (this.prefs.sound && this.#isNews(answer.notifications)) chime();
      this.notifications = answer.notifications;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  async dismiss(notification: Told): Promise<void> {
    this.notifications = this.notifications.filter(({ id }) => id !== notification.id);
    await api('POST', `/notifications/${notification.id}/read`).catch((error: unknown) =>
      this.report(error),
    );
  }

  async readCounts(): Promise<void> {
    const of = this.#countsOf;
    try {
      const counts = await api<Counts>('GET', `/sessions/counts?${searchOf(of)}`);
      if (this.#countsOf === of) this.counts = counts;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Keeps what was chosen, for this page and for the server's next one. */
  choose(change: Partial<Prefs>): void {
    this.prefs = { ...this.prefs, ...change };
    document.cookie = prefsCookie(this.prefs);
    const { dataset } = document.documentElement;
    dataset.theme = this.prefs.theme;
    dataset.density = this.prefs.density;
    document.documentElement.lang = this.prefs.lang;
  }

  #hear(live: LiveEvent): void {
    if (live.event === 'reset') return this.#changeAll();
    if (live.event === 'command') {
      for (const { onCommand } of this.#watchers) onCommand?.(live.data);
      return;
    }
    if (live.event === 'gone')
      for (const { onGone } of this.#watchers) onGone?.(live.data.sessionId);
    else if (live.data.topic === 'notification') void this.readNotifications();
    this.#gather(live.data.sessionId);
  }

  /** Into the box of the session that is open, else into its draft. */
  #takeBack(unsent: Unsent, error: ApiError): void {
    const { session, text } = unsent;
    const isOpen = [...this.#watchers].some(({ sessionId }) => sessionId === session);
    if (!isOpen) this.drafts.write(session, beforeDraft(text, this.drafts.read(session)));
    for (const { onRefused } of this.#watchers) onRefused?.(unsent);
    this.report(error);
  }

  /** What was waiting when the page was opened is not: a sound for it would come at every reload. */
  #isNews(notifications: readonly Told[]): boolean {
    const newest = notifications[0]?.createdAt ?? '';
    const isNews = this.#newestTold !== null && newest > this.#newestTold;
    if (this.#newestTold === null || isNews) this.#newestTold = newest;
    return isNews;
  }

  #changeAll(): void {
    this.outbox.nudge();
    this.#changed = null;
    this.#gather('');
    void this.readNotifications();
  }

  #gather(sessionId: string): void {
    this.#changed?.add(sessionId);
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => {
      const changed = this.#changed;
      this.#changed = new Set();
      this.#gathering = false;
      for (const { onChange } of this.#watchers) onChange(changed);
      this.#countSoon();
    }, GATHER_MS);
  }

  #countSoon(): void {
    const wait = this.#countedAt + COUNTS_EVERY_MS - Date.now();
    if (wait > COUNTS_EVERY_MS - GATHER_MS) return;
    this.#countedAt = Date.now() + Math.max(0, wait);
    setTimeout(() => void this.readCounts(), Math.max(0, wait));
  }
}

const KEY = Symbol('desk');

export function provideDesk(desk: Desk): Desk {
  return setContext(KEY, desk);
}

export function useDesk(): Desk {
  return getContext<Desk>(KEY);
}
