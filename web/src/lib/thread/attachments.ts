/** What the platforms send along, in the few kinds that look different. */
import type { ThreadMessage } from '#lib/state/session-thread.svelte.ts';
import type { Words } from '#lib/words/index.ts';
import { safeHref } from './linkify.ts';

type Sent = ThreadMessage['attachments'][number];
type Kind = keyof Words['thread']['messages']['attachments'];

/** `href` null: the platform gave no address, or none that a link may lead to. */
export type Shown = { kind: Kind; isImage: boolean; href: string | null; title: string | null };

const kinds: Record<string, Kind> = {
  image: 'image',
  photo: 'image',
  animated_image_share: 'image',
  sticker: 'sticker',
  video: 'video',
  ig_reel: 'video',
  reel: 'video',
  audio: 'audio',
  file: 'file',
  location: 'location',
  share: 'share',
  fallback: 'share',
  story_mention: 'share',
};

export function toShown({ kind: sent, url, title }: Sent): Shown {
  const kind = kinds[sent] ?? 'other';
  const href = safeHref(url);
  return { kind, isImage: href !== null && (kind === 'image' || kind === 'sticker'), href, title };
}
