import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openWorld, type World } from '#bench/chaos/world.ts';
import {
  chromiumPath,
  freshContext,
  openBrowser,
  signedIn,
  type Looks,
} from '#test/support/browser.ts';
import type { SessionId } from '#domain/ids.ts';
import { until } from '#test/support/until.ts';
import { box, isLive, opens, picture, rowOf } from './desk.ts';

const MOST_SCRIPT_KB = 150;
const PHONE = { width: 390, height: 844 };

const looks: [string, Looks][] = [
  ['English, light', {}],
  ['English, dark', { theme: 'dark' }],
  ['Vietnamese, light', { lang: 'vi' }],
  ['Vietnamese, dark', { lang: 'vi', theme: 'dark' }],
  ['Vietnamese, dark, on a phone', { lang: 'vi', theme: 'dark', ...PHONE }],
  ['English, light, on a phone', PHONE],
];

describe.skipIf(chromiumPath === null)('the desk to the eye', () => {
  let world: World;
  let browser: Browser;
  let url: string;
  let session: SessionId;
  beforeAll(async () => {
    world = await openWorld({ agents: 2, workflowBundle: inject('workflowBundle') });
    url = world.stack.apis[0]?.url ?? '';
    browser = await openBrowser();
    const customer = await world.meta.newCustomer('Lan Phạm');
    await world.meta.write(customer, 'Còn size M không ạ? https://example.com/ao-dai');
    const look = await world.watch.until(customer, 'assigned', ({ assignee }) => assignee !== null);
    session = look.id;
    await world.agentOf(look.assignee).reply(session, 'Dạ còn ạ!', 1);
    await world.meta.write(customer, 'Cho em xem hình với');
    await until(async () => (await world.meta.outbox()).length === 1);
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  const routes = (): [string, string][] => [
    ['list', '/inbox/main'],
    ['empty list', '/inbox/overdue?kind=comment'],
    ['session', `/inbox/main/${session}`],
    ['missing page', '/nothing'],
  ];

  test.for(looks)('has nothing that axe objects to: %s', async ([name, look]) => {
    const signedOut = await (await freshContext(browser, url, look)).newPage();
    await signedOut.goto(`${url}/login`);
    // Until the page is alive the button is off, and pale.
    await signedOut.locator('button.primary:enabled').waitFor();
    expect(await violations(signedOut), 'sign-in').toEqual([]);
    const page = await signedIn(browser, url, world.workspace.admin, look);
    for (const [route, path] of routes()) {
      await page.goto(url + path);
      if (path.startsWith('/inbox')) await isLive(page);
      expect(await violations(page), route).toEqual([]);
      expect(await sidewaysScroll(page), `${route} scrolls sideways`).toBe(0);
      await picture(page, `${route}, ${name}`.replaceAll(/[ ,]+/g, '-'));
    }
    await page.goto(`${url}/inbox/main/${session}`);
    await isLive(page);
    for (const [dialog, key] of Object.entries({ assign: 'a', history: 'h', help: '?' })) {
      await page.keyboard.press(key);
      await page.locator('dialog[open]').waitFor();
      expect(await violations(page), dialog).toEqual([]);
      await picture(page, `${dialog}, ${name}`.replaceAll(/[ ,]+/g, '-'));
      await page.keyboard.press('Escape');
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
    }
    await page.context().close();
    await signedOut.context().close();
  });

  test('a phone shows one pane at a time, in Vietnamese and dark', async () => {
    const look: Looks = { lang: 'vi', theme: 'dark', ...PHONE };
    const page = await signedIn(browser, url, world.workspace.admin, look);
    await isLive(page);
    await opens(page, 'Lan Phạm');
    await box(page).waitFor();
    expect(await rowOf(page, 'Lan Phạm').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Quay lại' }).first().click();
    await rowOf(page, 'Lan Phạm').waitFor();
    await page.context().close();
  });

  test('pages made for two people at once show each only their own', async () => {
    const people = [...world.agents.map(({ employee }) => employee), world.workspace.admin];
    const cookies = await Promise.all(people.map((one) => cookieOf(url, one)));
    const rounds = Array.from({ length: 10 }, () => cookies).flat();
    const pages = await Promise.all(
      rounds.map(async (cookie) => {
        const answer = await fetch(`${url}/inbox/main`, { headers: { cookie } });
        return answer.text();
      }),
    );
    for (const [index, html] of pages.entries()) {
      const who = people[index % people.length];
      for (const one of people)
        expect(html.includes(one.email), `${one.email} on the page of ${who?.email ?? ''}`).toBe(
          one === who,
        );
    }
    const assignee = await world.db
      .selectFrom('session')
      .select('assignee_id')
      .executeTakeFirstOrThrow();
    for (const [index, html] of pages.entries()) {
      const who = people[index % people.length];
      const maySee = who?.id === assignee.assignee_id || who?.role === 'admin';
      expect(html.includes('Lan Phạm'), `Lan on the page of ${who?.email ?? ''}`).toBe(maySee);
    }
  });

  test(`needs at most ${MOST_SCRIPT_KB} kB of script`, async () => {
    const page = await signedIn(browser, url, world.workspace.admin);
    const scripts = new Set<string>();
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith('.js')) scripts.add(pathname);
    });
    await page.goto(`${url}/inbox/main/${session}`, { waitUntil: 'networkidle' }).catch(() => null);
    await isLive(page);
    expect(scripts.size).toBeGreaterThan(3);
    const sizes = [...scripts].map(async (pathname) => {
      const file = new URL(`../../web/build/client${pathname}`, import.meta.url);
      return gzipSync(await readFile(file)).length;
    });
    const kb = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1_000;
    expect(kb).toBeLessThanOrEqual(MOST_SCRIPT_KB);
    await page.context().close();
  });
});

async function violations(page: Page): Promise<string[]> {
  // By the debugger, because the page's own policy lets no foreign script in.
  await page.evaluate(axe.source);
  // A colour that is on its way to another is none that anybody reads.
  await page.evaluate(
    'Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => {})))',
  );
  const found = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`,
  );
  return found as string[];
}

function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}

async function cookieOf(url: string, person: { email: string; password: string }): Promise<string> {
  const { email, password } = person;
  const answer = await fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}
