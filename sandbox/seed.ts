import type { Page } from '#sandbox/world.ts';

/** The Page that every sandbox begins with. */
export const SEED_PAGE = {
  id: '100000000000001',
  name: 'Tiệm Áo Sen',
  token: 'sandbox-page-token',
};

/** Pages here begin subscribed, so that a fresh start works before anybody has called `subscribed_apps`. */
export function subscribed(page: Omit<Page, 'subscribedFields'>): Page {
  return {
    ...page,
    subscribedFields: ['messages', 'message_echoes', 'message_deliveries', 'message_reads'],
  };
}
