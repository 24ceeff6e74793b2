/** Reading a conversation back, and a person's profile.
 *  Source: https://developers.facebook.com/docs/messenger-platform/conversations */
import type { FastifyInstance } from 'fastify';
import type { Context } from '#sandbox/context.ts';
import { pageOfPath, pageOfToken, VERSION } from '#sandbox/graph-access.ts';
import { failures } from '#sandbox/graph-failure.ts';
import { pathPart, queryPart } from '#sandbox/request.ts';
import { toGraphTime } from '#sandbox/times.ts';
import { threadKey, threadOf, type Message, type World } from '#sandbox/world.ts';

/** Meta shows details of the newest messages only. */
const DETAILED = 20;

export function registerConversations(app: FastifyInstance, context: Context): void {
  const { store, faults } = context;

  app.get(`${VERSION}/:page/conversations`, async (request) => {
    const page = pageOfPath(request, context);
    if (faults.roll('readBackFails')) throw failures.internal();
    const customer = queryPart(request, 'user_id');
    const fields = queryPart(request, 'fields') ?? '';
    const keys = [...store.world.threads.keys()].filter((key) =>
      customer === undefined ? key.startsWith(`${page.id}/`) : key === threadKey(page.id, customer),
    );
    return { data: keys.map((key) => conversation(store.world, key, fields)) };
  });

  app.get(`${VERSION}/:psid`, async (request) => {
    const page = pageOfToken(request, context);
    const psid = pathPart(request, 'psid');
    if (psid === page.id || psid === 'me') return { id: page.id, name: page.name };
    const customer = store.world.customers.get(psid);
    if (customer === undefined || threadOf(store.world, page.id, psid).length === 0) {
      throw page.platform === 'instagram' && customer !== undefined
        ? failures.noConsent()
        : failures.noObject(psid);
    }
    if (page.platform === 'instagram')
      return { id: psid, name: customer.name, username: customer.username };
    const [firstName = '', ...rest] = customer.name.split(' ');
    return { id: psid, name: customer.name, first_name: firstName, last_name: rest.join(' ') };
  });
}

function conversation(world: World, key: string, fields: string): unknown {
  const thread = world.threads.get(key) ?? [];
  const newest = thread.slice(-DETAILED).reverse();
  return {
    id: `t_${key.replace('/', '')}`,
    updated_time: toGraphTime(thread.at(-1)?.at ?? 0),
    ...(fields.includes('messages')
      ? { messages: { data: newest.map((message) => details(world, message)) } }
      : {}),
  };
}

function details(world: World, message: Message): unknown {
  const { mid, text, at, from, page, customer } = message;
  const sender = from === 'page' ? world.pages.get(page) : world.customers.get(customer);
  return {
    id: mid,
    created_time: toGraphTime(at),
    message: text,
    from: { id: from === 'page' ? page : customer, name: sender?.name ?? '' },
  };
}
