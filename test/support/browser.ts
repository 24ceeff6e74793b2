import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** Debian's, or the one that CHROMIUM names. Null: there is none, and browser tests are skipped and counted. */
export const chromiumPath =
  [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path !== undefined && existsSync(path)) ?? null;

export function openBrowser(): Promise<Browser> {
  if (chromiumPath === null) throw new Error('No Chromium here');
  // As root there is no sandbox; the pages are our own.
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
}

export type Looks = {
  lang?: 'en' | 'vi';
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
};

/** A browser of one agent, signed in on the sign-in page, by keyboard. */
export async function signedIn(
  browser: Browser,
  url: string,
  person: { email: string; password: string },
  looks: Looks = {},
): Promise<Page> {
  const context = await freshContext(browser, url, looks);
  const page = await context.newPage();
  await page.goto(`${url}/login`);
  await page.locator('form button:enabled').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type(person.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/inbox/**');
  return page;
}

export async function freshContext(
  browser: Browser,
  url: string,
  looks: Looks,
): Promise<BrowserContext> {
  const { lang = 'en', theme = 'light', width = 1280, height = 800 } = looks;
  const context = await browser.newContext({ viewport: { width, height }, locale: lang });
  const prefs = {
    lang,
    theme,
    density: 'comfortable',
    keys: true,
    sound: false,
    timeZone: 'Asia/Ho_Chi_Minh',
  };
  await context.addCookies([
    { name: 'everthread-prefs', value: encodeURIComponent(JSON.stringify(prefs)), url },
  ]);
  return context;
}
