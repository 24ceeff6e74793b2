import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { aSandbox, ask } from './support.ts';

// Browser's modules, checked by a tsconfig of their own: unknown to this one.
const browserModule = (name: string) =>
  import(new URL(`../../sandbox/page/${name}`, import.meta.url).href);
const { fold, commentsOf, emptyModel, isTyping, postsOf, threadOf } =
  await browserModule('model.js');
const { hashOf, readPlace } = await browserModule('place.js');

describe('the page to play customers on', () => {
  test('is served with all that it is made of, and nothing of it stands inline', async () => {
    const { url } = await aSandbox();
    const page = await ask(url);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = String(page.body);
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
    const linked = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
    expect(linked).toContain('/page/page.js');
    for (const path of linked) expect(await ask(url + path)).toMatchObject({ status: 200 });
  });

  test('every module that is imported is there', async () => {
    const { url } = await aSandbox();
    const names = (await readdir('sandbox/page')).filter((name) => name.endsWith('.js'));
    expect(names).toContain('page.js');
    for (const name of names) {
      const { status, headers, body } = await ask(`${url}/page/${name}`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      const imported = [...String(body).matchAll(/^import .* from '\.\/([^']+)'/gm)].map(
        ([, one]) => one,
      );
      expect(names).toEqual(expect.arrayContaining(imported));
    }
  });

  test('may load only what is its own, and tells no file of those who work on it', async () => {
    const { url } = await aSandbox();
    const policy = (await ask(url)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    for (const name of ['types.ts', 'tsconfig.json', 'index.html', '../main.ts'])
      expect((await ask(`${url}/page/${name}`)).headers.get('content-type')).toMatch(/json/);
  });
});

describe('what the page knows', () => {
  const comment = (id: string, parent: string | null, at: number, isRemoved = false) => ({
    type: 'comment' as const,
    comment: {
      ...{ id, parent, at, isRemoved, post: 'p', page: '1', text: id },
      ...{ from: { id: '5', name: 'Lan', isPage: false }, editedAt: null },
    },
  });
  const message = (mid: string, from: 'customer' | 'page', at: number) => ({
    type: 'message' as const,
    message: { mid, from, at, page: '1', customer: '5', text: mid },
  });

  test('an event seen twice changes nothing; messages stand in their order', () => {
    const model = emptyModel();
    model.pages.set('1', { id: '1', name: 'Sen', platform: 'facebook' });
    for (const event of [message('b', 'page', 2), message('a', 'customer', 1)]) {
      fold(model, event);
      fold(model, event);
    }
    expect(threadOf(model, '1', '5').map(({ mid }: { mid: string }) => mid)).toEqual(['a', 'b']);
  });

  test('answers stand under their comment; a removed comment stays while it has one', () => {
    const model = emptyModel();
    const events = [
      ...[comment('old', null, 1), comment('new', null, 2), comment('answer', 'old', 3)],
      ...[comment('alone', null, 4, true), comment('old', null, 1, true)],
    ];
    for (const event of events) fold(model, event);
    const ids = () => commentsOf(model, 'p').map(({ id }: { id: string }) => id);
    expect(ids()).toEqual(['old', 'answer', 'new']);
    fold(model, { ...comment('answer', 'old', 3, true), type: 'comment_removed' });
    expect(ids()).toEqual(['new']);
  });

  test('a deleted post is gone with its comments', () => {
    const model = emptyModel();
    fold(model, { type: 'post', post: { id: 'p', page: '1', text: 'New!', at: 1 } });
    fold(model, comment('c', null, 2));
    fold(model, { type: 'post_removed', id: 'p' });
    expect(postsOf(model, '1')).toEqual([]);
    expect(commentsOf(model, 'p')).toEqual([]);
  });

  test('the Page types until its message is there, or 20 seconds have passed', () => {
    const model = emptyModel();
    const typing = { type: 'sender_action' as const, page: '1', customer: '5' };
    fold(model, { ...typing, action: 'typing_on', at: 1_000 });
    expect(isTyping(model, '1/5', 20_999)).toBe(true);
    expect(isTyping(model, '1/5', 21_000)).toBe(false);
    fold(model, message('a', 'page', 2_000));
    expect(isTyping(model, '1/5', 2_000)).toBe(false);
  });

  test('the address keeps the place', () => {
    const place = { customer: '5', page: '1', tab: 'posts' as const };
    expect(readPlace(hashOf('5', '1', 'posts'))).toEqual(place);
    expect(readPlace('')).toEqual({ customer: null, page: null, tab: 'messages' });
  });
});
