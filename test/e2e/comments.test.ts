import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { isQuiet, lookAt } from '#bench/chaos/watch.ts';
import type { SessionId } from '#domain/ids.ts';
import { SEED_INSTAGRAM, SEED_PAGE, SEED_POSTS } from '#sandbox/seed.ts';
import { connectInstagram, playAt } from '#test/support/play.ts';
import { untilListed } from '#test/support/temporal.ts';
import { until } from '#test/support/until.ts';
import { sessionWorkflowId } from '#workflows/messages.ts';
import { allHistories } from './privacy.ts';
import { recordHistories } from './record-histories.ts';

const [FACEBOOK_POST, INSTAGRAM_POST] = SEED_POSTS.map(({ id }) => id);
if (FACEBOOK_POST === undefined || INSTAGRAM_POST === undefined) throw new Error('no posts');

describe('comments, and Instagram', () => {
  let world: World;
  let play: ReturnType<typeof playAt>;
  const said: string[] = [];
  const customers: string[] = [];

  beforeAll(async () => {
    world = await openWorld({ workflowBundle: inject('workflowBundle') });
    await connectInstagram(world);
    play = playAt(world.stack.sandbox.url);
  });
  afterAll(() => world.close());

  const newcomer = async (name: string) => {
    const customer = await world.meta.newCustomer(name);
    customers.push(customer);
    said.push(name);
    return customer;
  };
  const words = (text: string) => {
    said.push(text);
    return text;
  };
  const assigned = (customer: string) =>
    world.watch.until(customer, 'it is assigned', ({ assignee }) => assignee !== null);
  const answer = async (customer: string, text: string, more: { commentId?: string } = {}) => {
    const look = await assigned(customer);
    const agent = world.agentOf(look.assignee);
    const { status, body } = await agent.persist(
      'POST',
      `sessions/${look.id}/replies`,
      { text: words(text), seenSeq: look.lastSeq, ...more },
      randomUUID(),
    );
    expect([201, 202], JSON.stringify(body)).toContain(status);
    return { look, agent };
  };
  const underPost = async (post: string, text: string) =>
    (await play.comments(post)).filter((one) => one.text === text);
  const closedAs = async (id: SessionId) => {
    const { done_cause } = await world.db
      .selectFrom('round')
      .select('done_cause')
      .where('session_id', '=', id)
      .orderBy('no', 'desc')
      .executeTakeFirstOrThrow();
    return done_cause;
  };

  test('a comment is assigned, answered under its post, and a new one reopens the same session', async () => {
    const hoa = await newcomer('Hoa Cúc-Vàng');
    const asked = await play.comment(hoa, { post: FACEBOOK_POST, text: words('Giá-áo sao shop?') });
    const { look, agent } = await answer(hoa, 'Dạ 320k-ạ');
    await world.watch.until(
      hoa,
      'the answer is accepted',
      ({ sent, state }) => sent === 1 && state?.status === 'open' && state.wait === null,
    );
    const [reply] = await underPost(FACEBOOK_POST, 'Dạ 320k-ạ');
    expect(reply).toMatchObject({ parent: asked, from: { id: SEED_PAGE.id, isPage: true } });

    expect(await agent.session(look.id)).toMatchObject({
      kind: 'comment',
      customer: { name: 'Hoa Cúc-Vàng' },
      post: { id: FACEBOOK_POST, permalink: SEED_POSTS[0]?.permalink },
      windowOpenUntil: null,
      waitingSince: null,
    });
    expect(await agent.messages(look.id)).toMatchObject([
      { direction: 'in', text: 'Giá-áo sao shop?', commentId: asked, parent: null },
      {
        direction: 'out',
        state: 'sent',
        commentId: reply?.id,
        parent: asked,
        agent: { id: agent.id },
      },
    ]);

    const done = await agent.command(look.id, { type: 'done', seenSeq: 2 });
    expect(done.is).toBe('done');
    await world.watch.until(hoa, 'it is done', ({ status }) => status === 'done');
    await play.comment(hoa, { post: FACEBOOK_POST, text: words('Còn màu be-không?') });
    const again = await world.watch.until(
      hoa,
      'it is open again',
      ({ round, assignee }) => round === 2 && assignee !== null,
    );
    expect(again.id).toBe(look.id);
    const { channelId } = world.workspace;
    const workflowId = sessionWorkflowId({ id: look.id, channelId });
    await untilListed(world.temporal, workflowId, ['COMPLETED', 'RUNNING']);
  });

  test('two customers under one post have a session each', async () => {
    const [mai, tuan] = [await newcomer('Mai Chi-Lan'), await newcomer('Tuấn Kiệt-Vũ')];
    await play.comment(mai, { post: FACEBOOK_POST, text: words('Ship Đà-Lạt không?') });
    await play.comment(tuan, { post: FACEBOOK_POST, text: words('Có size-XXL?') });
    const [first, second] = [await assigned(mai), await assigned(tuan)];
    expect(first.id).not.toBe(second.id);
  });

  test('an answer whose response was lost is settled by the page’s own comment and stands there once', async () => {
    const customer = await newcomer('Lệ Quyên-Nhi');
    await play.comment(customer, { post: FACEBOOK_POST, text: words('Vải-gì vậy?') });
    await assigned(customer);
    await world.meta.scriptFault({ customer, fault: 'resetAfter' });
    await answer(customer, 'Dạ linen-ạ');
    await world.watch.until(customer, 'it counts as sent', ({ sent }) => sent === 1);
    expect(await underPost(FACEBOOK_POST, 'Dạ linen-ạ')).toHaveLength(1);
  });

  test('a colleague’s comment in Meta’s own tools ends the wait', async () => {
    const customer = await newcomer('Đức Phúc-An');
    const asked = await play.comment(customer, {
      post: FACEBOOK_POST,
      text: words('Mở-cửa chưa?'),
      // What follows within ten seconds is taken for an automatic answer.
      at: Date.now() - 20_000,
    });
    const { id } = await assigned(customer);
    const text = words('Mở từ 8h-sáng ạ');
    await play.commentElsewhere(SEED_PAGE.id, { post: FACEBOOK_POST, parent: asked, text });
    const look = await world.watch.until(
      customer,
      'the wait has ended',
      ({ state }) => state?.status === 'open' && state.wait === null,
    );
    const [, shown] = await world.agentOf(look.assignee).messages(id);
    expect(shown).toMatchObject({ author: 'elsewhere', text, parent: asked });
  });

  test('a comment that is edited and removed shows so; with nothing left the session is Done', async () => {
    const customer = await newcomer('Ngân Hà-Thu');
    const asked = await play.comment(customer, { post: FACEBOOK_POST, text: words('Nhầm-rồi') });
    const { id, assignee } = await assigned(customer);
    const agent = world.agentOf(assignee);
    await play.edit(asked, words('Đúng-rồi'));
    await until(async () => (await agent.messages(id))[0]?.text === 'Đúng-rồi');
    await play.remove(asked);
    await world.watch.until(customer, 'it is done', ({ status }) => status === 'done');
    expect(await agent.messages(id)).toMatchObject([{ removed: true, text: null }]);
    expect(await closedAs(id)).toBe('removed');
  });

  test('a post that is removed takes the comments with it, and all its sessions are Done', async () => {
    const post = await play.publish(SEED_PAGE.id, 'Sale-cuối mùa');
    const [nga, bao] = [await newcomer('Nga Bích-Thủy'), await newcomer('Bảo Quốc-Trí')];
    await play.comment(nga, { post, text: words('Sale-tới khi nào?') });
    await play.comment(bao, { post, text: words('Giảm-mấy %?') });
    const sessions = [await assigned(nga), await assigned(bao)];
    await play.removePost(post);
    for (const customer of [nga, bao])
      await world.watch.until(customer, 'it is done', ({ status }) => status === 'done');
    for (const { id } of sessions) expect(await closedAs(id)).toBe('removed');
  });

  test('on Instagram an answer to an answer names whom it is for', async () => {
    const [vy, son] = [await newcomer('Vy Ánh-Ngọc'), await newcomer('Sơn Hải-Đăng')];
    const top = await play.comment(vy, { post: INSTAGRAM_POST, text: words('Đẹp-quá') });
    await assigned(vy);
    const nested = { post: INSTAGRAM_POST, parent: top, text: words('Giá-bao nhiêu?') };
    const asked = await play.comment(son, nested);
    const { look, agent } = await answer(son, 'Dạ 450k-nhé', { commentId: asked });
    await world.watch.until(son, 'the answer is accepted', ({ sent }) => sent === 1);
    const shown = (await play.comments(INSTAGRAM_POST)).find(({ from }) => from?.isPage);
    expect(shown).toMatchObject({
      parent: top,
      text: expect.stringMatching(/^@son\.hai\.dang\.\d{4} Dạ 450k-nhé$/),
    });
    const [, reply] = await agent.messages(look.id);
    expect(reply).toMatchObject({ commentId: shown?.id, parent: top, text: shown?.text });
  });

  test('a message on Instagram is answered, and is seen', async () => {
    const customer = await newcomer('Thảo Vân-My');
    await play.writeOnInstagram(customer, words('Shop ơi-ới'));
    const { look, agent } = await answer(customer, 'Dạ shop-nghe');
    await world.watch.until(customer, 'the answer is accepted', ({ sent }) => sent === 1);
    const received = (await play.messages(customer)).filter(({ from }) => from === 'page');
    expect(received).toMatchObject([{ page: SEED_INSTAGRAM.id, text: 'Dạ shop-nghe' }]);
    await play.readOnInstagram(customer);
    await until(async () => (await agent.messages(look.id))[1]?.state === 'seen');
    expect(await agent.session(look.id)).toMatchObject({ kind: 'message', post: null });
  });

  test('a message on Instagram whose response was lost is known by its words', async () => {
    const customer = await newcomer('Bích Trâm-Yến');
    await play.writeOnInstagram(customer, words('Còn hàng-hông?'));
    await assigned(customer);
    await world.meta.scriptFault({ customer, fault: 'truncate' });
    const { look, agent } = await answer(customer, 'Còn nhiều-ạ');
    await world.watch.until(customer, 'it counts as sent', ({ sent }) => sent === 1);
    expect(await agent.messages(look.id)).toMatchObject([{}, { author: 'agent', state: 'sent' }]);
  });

  test('and no word of it stands in Temporal', async () => {
    await until(async () => [...(await lookAt(world.db, customers)).values()].every(isQuiet));
    // Of each a run, and of the first a second one; Temporal's list follows a little later.
    await until(async () => (await world.temporal.workflow.count()).count > customers.length);
    const histories = await allHistories(world.temporal);
    expect(histories.size).toBeGreaterThan(customers.length);
    for (const [run, text] of histories)
      expect(
        said.filter((one) => text.includes(one)),
        run,
      ).toEqual([]);
    expect(world.crashes).toEqual([]);
    await recordHistories(world.temporal, 'comments');
  });
});
