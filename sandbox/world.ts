/** What exists in the sandbox, as a fold over its events. No clock, no I/O. */

export type Page = { id: string; name: string; token: string; subscribedFields: string[] };
export type Customer = { id: string; name: string };

export type Message = {
  mid: string;
  page: string;
  customer: string;
  from: 'customer' | 'page';
  text: string;
  /** Epoch ms. */
  at: number;
  /** Which app sent it for the Page; null for the customer and for Meta's own inbox when it does not name itself. */
  appId: string | null;
  metadata: string | null;
};

/** A delivery on its way to the webhook. Lanes are in order within, independent of each other. */
export type Webhook = { id: string; lane: string; notBefore: number; body: string };

export type SandboxEvent =
  | { type: 'page'; page: Page }
  | { type: 'customer'; customer: Customer }
  | { type: 'message'; message: Message }
  | { type: 'webhook'; webhook: Webhook }
  /** Acknowledged with 200, or given up after 36 hours. */
  | { type: 'webhook_settled'; id: string };

export type World = {
  pages: Map<string, Page>;
  customers: Map<string, Customer>;
  /** By `threadKey`, each in the order in which things happened. */
  threads: Map<string, Message[]>;
  /** Not yet acknowledged. */
  webhooks: Map<string, Webhook>;
};

export function emptyWorld(): World {
  return { pages: new Map(), customers: new Map(), threads: new Map(), webhooks: new Map() };
}

export function threadKey(page: string, customer: string): string {
  return `${page}/${customer}`;
}

/** Changes the world in place: it holds whole load tests. */
export function apply(world: World, event: SandboxEvent): void {
  switch (event.type) {
    case 'page':
      world.pages.set(event.page.id, event.page);
      return;
    case 'customer':
      world.customers.set(event.customer.id, event.customer);
      return;
    case 'message': {
      const key = threadKey(event.message.page, event.message.customer);
      const thread = world.threads.get(key);
      if (thread === undefined) world.threads.set(key, [event.message]);
      else thread.push(event.message);
      return;
    }
    case 'webhook':
      world.webhooks.set(event.webhook.id, event.webhook);
      return;
    case 'webhook_settled':
      world.webhooks.delete(event.id);
      return;
  }
}

/** The shortest list of events that makes this world again. */
export function eventsOf(world: World): SandboxEvent[] {
  return [
    ...[...world.pages.values()].map((page) => ({ type: 'page' as const, page })),
    ...[...world.customers.values()].map((customer) => ({ type: 'customer' as const, customer })),
    ...[...world.threads.values()].flat().map((message) => ({ type: 'message' as const, message })),
    ...[...world.webhooks.values()].map((webhook) => ({ type: 'webhook' as const, webhook })),
  ];
}

/** One conversation, oldest first; empty when there is none. */
export function threadOf(world: World, page: string, customer: string): readonly Message[] {
  return world.threads.get(threadKey(page, customer)) ?? [];
}

/** All messages of one customer with every Page, oldest first. */
export function messagesOf(world: World, customer: string): Message[] {
  return [...world.pages.keys()]
    .flatMap((page) => threadOf(world, page, customer))
    .sort((a, b) => a.at - b.at);
}

/** Everything that customers received from Pages, oldest first. */
export function outboxOf(world: World): Message[] {
  return [...world.threads.values()]
    .flat()
    .filter((message) => message.from === 'page')
    .sort((a, b) => a.at - b.at);
}
