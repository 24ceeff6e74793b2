import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { latencies } from '#bench/harness/latency.ts';
import { send } from '#bench/harness/load.ts';
import { percentile } from '#bench/harness/numbers.ts';
import type { Line, Row } from '#bench/harness/row.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { writeHistory } from '#bench/setup/history.ts';
import { separateInbox, webOnlyApi } from '#bench/setup/separate.ts';
import { customerSays } from '#bench/setup/webhooks.ts';
import { openBrowser } from '#test/support/browser.ts';

const SHOWN_P95_MS = 400;
/** Beyond this a person feels that the page is late. Source: https://web.dev/articles/rail */
const INPUT_MS = 100;
const ROW_PX = 72;

/** What an agent feels, in a real browser. */
export const desk: Row = {
  name: 'desk',
  async measure(bench) {
    const browser = await openBrowser();
    try {
      return [await shown(bench, browser), await scrolled(bench, browser)];
    } finally {
      await browser.close();
    }
  },
};

/** From the webhook's request to the words on the page. */
async function shown(bench: Bench, browser: Browser): Promise<Line> {
  const inbox = await bench.running();
  const sessions = await inbox.openSessions(20);
  const page = await pageOf(browser, inbox.workspace.owner.token);
  await page.goto(`${inbox.url}/inbox/main`);
  await page.locator('[data-live=true]').waitFor();
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  for (let n = -10; n < bench.size(200, 40); n += 1) {
    const text = `Tin nhắn số ${n} trong ngày`;
    const webhook = customerSays(sessions[Math.abs(n) % sessions.length]?.customer ?? '', text);
    const startedAt = Date.now();
    const seen = page.evaluate(
      `new Promise((resolve) => {
        const look = () => document.body.textContent.includes(${JSON.stringify(text)})
          ? resolve(Date.now()) : requestAnimationFrame(look);
        look();
      })`,
    );
    await send(inbox.url, webhook, agent);
    // The first ones find cold code.
    if (n >= 0) times.push(Number(await seen) - startedAt);
    else await seen;
    await sleep(100);
  }
  agent.destroy();
  await page.context().close();
  const p95 = percentile(times, 0.95);
  return {
    what: `webhook → shown in an open browser, idle, ${times.length} times`,
    measured: latencies(times),
    floor: null,
    ratio: null,
    bar: `p95 ≤ ${SHOWN_P95_MS} ms`,
    isMet: p95 <= SHOWN_P95_MS,
    samples: { times },
  };
}

/** How long keys and wheel wait while a list of ten thousand rows is scrolled through. */
async function scrolled(bench: Bench, browser: Browser): Promise<Line> {
  const inbox = await bench.running();
  const rows = bench.size(10_000, 1_000);
  const separate = await separateInbox(inbox, 'desk');
  await writeHistory(separate.databaseUrl, separate.workspace, {
    sessions: Math.ceil(rows * 1.5),
    messagesEach: 1,
  });
  const api = await webOnlyApi(inbox, separate);
  const page = await pageOf(browser, separate.workspace.owner.token);
  await page.goto(`${api.url}/inbox/done`);
  await page.locator('[data-live=true]').waitFor();
  await page.mouse.move(300, 500);
  while (
    (await page.evaluate<number>("document.querySelector('.rows ul').offsetHeight")) <
    rows * ROW_PX
  )
    await page.evaluate("document.querySelector('.rows').scrollTop = 1e9");
  await page.evaluate(`
    globalThis.waits = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.waits.push(duration);
    }).observe({ type: 'event', durationThreshold: 16 });
    document.querySelector('.rows').scrollTop = 0;`);
  await page.locator('a[data-row]').first().focus();
  for (let n = 0; n < 200; n += 1) {
    await page.mouse.wheel(0, n % 2 === 0 ? 2_000 : -1_500);
    await page.keyboard.press('ArrowDown');
  }
  // Only what takes longer than a frame is told.
  const waits = await page.evaluate<number[]>('globalThis.waits');
  const all = [...waits, ...Array.from({ length: Math.max(0, 400 - waits.length) }, () => 16)];
  await page.context().close();
  await api.stop();
  const p95 = percentile(all, 0.95);
  return {
    what: `keys and wheel in a list of ${rows} rows, until painted`,
    measured: latencies(all),
    floor: null,
    ratio: null,
    bar: `p95 ≤ ${INPUT_MS} ms`,
    isMet: p95 <= INPUT_MS,
    samples: { waits },
  };
}

async function pageOf(browser: Browser, token: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  return context.newPage();
}
