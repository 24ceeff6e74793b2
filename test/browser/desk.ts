/** What the browser tests do and look for, in the words of the page. */
import type { Page } from 'playwright-core';

/** With SCREENSHOTS=folder: pictures to be looked at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}

export const rowOf = (page: Page, customer: string) =>
  page.locator('a[data-row]').filter({ hasText: customer });

export const thread = (page: Page) => page.getByRole('log');
export const box = (page: Page) => page.locator('#conversation textarea').first();

/** The page is alive and connected: before that keys and clicks would go nowhere. */
export async function isLive(page: Page): Promise<void> {
  await page.locator('[data-live=true]').waitFor();
}

export async function opens(page: Page, customer: string): Promise<void> {
  await rowOf(page, customer).click();
  await page.locator('#conversation').filter({ hasText: customer }).waitFor();
}
