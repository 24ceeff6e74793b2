import { usernameOf } from '#sandbox/ids.ts';
import { subscribed } from '#sandbox/seed.ts';
import type { Customer, Page, SandboxEvent } from '#sandbox/world.ts';

/** Data files of before there was Instagram know neither platforms nor user names. */
export function upgrade(event: SandboxEvent): SandboxEvent {
  switch (event.type) {
    case 'page': {
      const page: Omit<Page, 'platform'> & { platform?: Page['platform'] } = event.page;
      return page.platform === undefined
        ? { type: 'page', page: subscribed({ ...page, platform: 'facebook' }) }
        : event;
    }
    case 'customer': {
      const customer: Omit<Customer, 'username'> & { username?: string } = event.customer;
      const username = customer.username ?? usernameOf(customer);
      return { type: 'customer', customer: { ...customer, username } };
    }
    default:
      return event;
  }
}
