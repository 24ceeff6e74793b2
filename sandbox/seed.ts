import type { Page, Post } from '#sandbox/world.ts';

/** The Page that every sandbox begins with. */
export const SEED_PAGE = {
  id: '100000000000001',
  name: 'Tiệm Áo Sen',
  platform: 'facebook',
  token: 'sandbox-page-token',
} as const;

/** And the Instagram account. */
export const SEED_INSTAGRAM = {
  id: '17841400000000001',
  name: 'tiemaosen',
  platform: 'instagram',
  token: 'sandbox-instagram-token',
} as const;

/** A post of each, to comment on. */
export const SEED_POSTS: readonly Omit<Post, 'at'>[] = [
  {
    id: `${SEED_PAGE.id}_500`,
    page: SEED_PAGE.id,
    text: 'Áo linen mùa mới đã về, đủ size S–XL.',
    permalink: `https://www.facebook.com/${SEED_PAGE.id}/posts/500`,
  },
  {
    id: '17950000000000001',
    page: SEED_INSTAGRAM.id,
    text: 'Linen mới về 🌿',
    permalink: 'https://www.instagram.com/p/sen0001/',
  },
];

const FIELDS = {
  facebook: ['messages', 'message_echoes', 'message_deliveries', 'message_reads', 'feed'],
  instagram: ['messages', 'messaging_seen', 'comments'],
} as const;

/** Pages here begin subscribed, so that a fresh start works before anybody has called `subscribed_apps`. */
export function subscribed(page: Omit<Page, 'subscribedFields'>): Page {
  return { ...page, subscribedFields: [...FIELDS[page.platform]] };
}
