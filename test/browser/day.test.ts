import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { readPresence } from '#db/presence.ts';
import { wordsOf } from '#lib/words/index.ts';
import { chromiumPath, openBrowser, signedIn, type Looks } from '#test/support/browser.ts';
import { playAt } from '#test/support/play.ts';
import { untilListed } from '#test/support/temporal.ts';
import { until } from '#test/support/until.ts';
import { openWire } from '#test/support/wire.ts';
import { sessionWorkflowId } from '#workflows/messages.ts';
import { SEED_POSTS } from '#sandbox/seed.ts';
import { box, isLive, opens, picture, rowOf, thread } from './desk.ts';

describe.skipIf(chromiumPath === null)('a day at the desk', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    world = await openWorld({ agents: 2, workflowBundle: inject('workflowBundle') });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  const desk = async (
    who: { email: string; password: string },
    looks: Looks = {},
  ): Promise<Page> => {
    const page = await signedIn(browser, world.stack.apis[0]?.url ?? '', who, looks);
    await isLive(page);
    return page;
  };
  const writes = async (name: string, text: string): Promise<string> => {
    const customer = await world.meta.newCustomer(name);
    await world.meta.write(customer, text);
    return customer;
  };
  const distribute = (distribution: boolean) =>
    world.db.updateTable('channel').set({ distribution }).execute();

  const ways: [string, Looks & { lang: 'en' | 'vi' }][] = [
    ['English, light, wide', { lang: 'en' }],
    ['Vietnamese, dark, on a phone', { lang: 'vi', theme: 'dark', width: 390, height: 844 }],
  ];
  test.for(ways)(
    'a message appears without reload, is answered, done, and comes back under the same workflow id: %s',
    async ([way, looks]) => {
      const words = wordsOf(looks.lang);
      const { done, reopen } = words.help;
      const name = `Lan Phạm ${looks.lang}`;
      const page = await desk(world.workspace.admin, looks);
      const customer = await writes(name, 'Còn size M không ạ?');
      await rowOf(page, name).waitFor();
      await picture(page, `arrived, ${way}`);

      await opens(page, name);
      await thread(page).getByText('Còn size M không ạ?').waitFor();
      const answer = `Dạ còn ạ! (${looks.lang})`;
      await box(page).fill(answer);
      await box(page).press('Enter');
      await thread(page).getByText(answer).waitFor();
      await until(async () => (await world.meta.outbox()).some(({ text }) => text === answer));
      await world.meta.read(customer);
      await thread(page).getByText(words.thread.outgoing.seen).waitFor();
      expect(await box(page).inputValue()).toBe('');
      await picture(page, `answered, ${way}`);

      await page.getByRole('button', { name: done }).click();
      await page.getByRole('button', { name: reopen }).waitFor();
      await world.meta.write(customer, 'Cho mình hỏi thêm');
      await thread(page).getByText('Cho mình hỏi thêm').waitFor();
      await page.getByRole('button', { name: done }).waitFor();
      const { id } = await world.watch.until(
        customer,
        'it is open again',
        (look) => look.round === 2 && look.status === 'open',
      );
      const workflowId = sessionWorkflowId({ id, channelId: world.workspace.channelId });
      await untilListed(world.temporal, workflowId, ['COMPLETED', 'RUNNING']);
      await page.context().close();
    },
  );

  test('a comment appears, is answered, and the answer stands under its post', async () => {
    const page = await desk(world.workspace.admin);
    const play = playAt(world.stack.sandbox.url);
    const post = SEED_POSTS[0]?.id ?? '';
    const customer = await world.meta.newCustomer('Thu Hằng');
    const asked = await play.comment(customer, { post, text: 'Giá bao nhiêu vậy shop?' });
    await rowOf(page, 'Thu Hằng').waitFor();
    await page.getByRole('link', { name: 'Comment', exact: true }).last().click();
    await page.waitForURL('**kind=comment');
    await opens(page, 'Thu Hằng');
    await thread(page).getByText('Giá bao nhiêu vậy shop?').waitFor();
    await box(page).fill('Dạ 320k ạ');
    await box(page).press('Enter');
    await until(async () => {
      const under = await play.comments(post);
      return under.some(
        ({ text, parent, from }) =>
          text === 'Dạ 320k ạ' && parent === asked && from?.isPage === true,
      );
    });
    await thread(page).getByText('Sent').waitFor();
    await picture(page, 'comment');
    await page.context().close();
  });

  test('of two who take one session one wins, and the other is told who', async () => {
    await distribute(false);
    const [first, second] = world.workspace.agents;
    if (first === undefined || second === undefined) throw new Error('There are two');
    const pages = await Promise.all([desk(first), desk(second)]);
    await writes('Hoa Trần', 'Ai trả lời em với');
    for (const page of pages) {
      await rowOf(page, 'Hoa Trần').waitFor();
      await opens(page, 'Hoa Trần');
    }
    // Both have pressed before either is heard.
    const pressed = pages.map(() => Promise.withResolvers<void>());
    for (const [index, page] of pages.entries())
      await page.route('**/commands', async (route) => {
        pressed[index]?.resolve();
        await Promise.all(pressed.map(({ promise }) => promise));
        await route.continue();
      });
    await Promise.all(
      pages.map((page) => page.getByRole('button', { name: 'Take charge', exact: true }).click()),
    );
    const told = await Promise.all(
      pages.map(async (page) => {
        const toast = page.getByText(/has taken this session\.|You are in charge\./).first();
        await toast.waitFor();
        return toast.textContent();
      }),
    );
    const customerRow = await world.db
      .selectFrom('session')
      .innerJoin('customer', 'customer.id', 'session.customer_id')
      .select('session.assignee_id')
      .where('customer.name', '=', 'Hoa Trần')
      .executeTakeFirstOrThrow();
    const winner = customerRow.assignee_id === first.id ? 0 : 1;
    expect(told[1 - winner]).toBe(`${[first, second][winner]?.name ?? ''} has taken this session.`);
    expect(told[winner]).not.toContain('has taken');
    await pages[winner]
      ?.locator('#conversation')
      .getByText(`In charge: ${[first, second][winner]?.name ?? ''}`)
      .waitFor();
    // Without the right to view each other's sessions it is no longer the other's to see (R23).
    await pages[1 - winner]?.getByText('You no longer have access to this session.').waitFor();
    await distribute(true);
    for (const page of pages) await page.context().close();
  });

  test('the server dies while a draft is open: nothing typed is lost, the list catches up by itself', async () => {
    const page = await desk(world.workspace.admin);
    await writes('Minh Lê', 'Shop ơi');
    await rowOf(page, 'Minh Lê').waitFor();
    await opens(page, 'Minh Lê');
    await box(page).fill('Một câu dài đang viết dở');
    const [api] = world.stack.apis;
    await api?.kill();
    await page.getByText('No connection to the server').waitFor();
    await picture(page, 'away');
    expect(await box(page).inputValue()).toBe('Một câu dài đang viết dở');
    await box(page).press('Enter');
    await page.getByText('Waiting').first().waitFor();
    await box(page).fill('và câu nữa');

    await api?.start();
    await until(async () => {
      const sent = (await world.meta.outbox()).filter(
        ({ text }) => text === 'Một câu dài đang viết dở',
      );
      return sent.length === 1;
    });
    await writes('Người mới', 'Viết khi máy chủ vừa sống lại');
    await rowOf(page, 'Người mới').waitFor();
    expect(await box(page).inputValue()).toBe('và câu nữa');
    await page.reload();
    await isLive(page);
    expect(await box(page).inputValue()).toBe('và câu nữa');
    await page.context().close();
  });

  test('R58: the connection dies without a word: nobody takes the agent for present, the agent is told, and it comes back', async () => {
    const { admin } = world.workspace;
    const isOnline = async () => (await readPresence(world.db, admin.id)).online;
    await world.db.updateTable('workspace').set({ presence_grace_seconds: 5 }).execute();
    const wire = await openWire(world.stack.apis[0]?.url ?? '');
    const page = await signedIn(browser, wire.url, admin);
    await isLive(page);
    await until(isOnline);
    // Once it knows how often it is to hear from the server.
    const answered = () => page.waitForResponse('**/api/me/presence/beat');
    await answered();
    await answered();
    wire.cut();
    await page.getByText('No connection to the server').waitFor();
    await until(async () => !(await isOnline()));
    await writes('Lúc mất mạng', 'Có ai không?');
    wire.mend();
    await rowOf(page, 'Lúc mất mạng').waitFor();
    await page.getByText('No connection to the server').waitFor({ state: 'hidden' });
    await until(isOnline);
    await page.context().close();
    await wire.close();
  });

  test('the whole way by keyboard alone', async () => {
    const page = await desk(world.workspace.admin);
    const customer = await writes('Phím Tắt', 'Không cần chuột');
    await rowOf(page, 'Phím Tắt').waitFor();
    await page.keyboard.press('j');
    await thread(page).getByText('Không cần chuột').waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('Vâng ạ');
    await page.keyboard.press('Enter');
    await thread(page).getByText('Vâng ạ').waitFor();
    await page.keyboard.press('Escape');
    await world.watch.until(customer, 'the answer is accepted', (look) => look.sent === 1);
    await page.keyboard.press('e');
    await world.watch.until(customer, 'it is done', (look) => look.status === 'done');
    await page.getByRole('button', { name: 'Move to inbox' }).waitFor();
    await page.keyboard.press('E');
    await world.watch.until(customer, 'it is open again', (look) => look.status === 'open');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.context().close();
  });
});
