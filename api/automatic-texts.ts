import { excessOf, platforms } from '#channels/index.ts';
import type { InteractionSettings } from '#contracts/channel-settings.ts';
import { Problem } from '#contracts/errors.ts';
import type { Platform } from '#channels/channel.ts';
import type { SessionKind } from '#domain/ids.ts';

const NAMES: Record<Platform, string> = { facebook: 'Facebook', instagram: 'Instagram' };

type Words = { field: string; kind: SessionKind; text: string | null };

/** Refuses what a channel's own platform could not carry out. @throws Problem INVALID with the field */
export function mustSuitPlatform(platform: Platform, settings: InteractionSettings): void {
  if (settings.automation.like && platform === 'instagram')
    throw new Problem('INVALID', {
      field: 'automation.like',
      message: 'Comments on Instagram cannot be liked automatically.',
    });
  for (const { field, kind, text } of wordsOf(settings)) {
    const excess = excessOf(platform, kind, text ?? '');
    if (excess !== null) throw new Problem('INVALID', { field, message: atMost(excess) });
  }
}

/** Refuses a closing text that one of the networks would not take: there is one for all channels (R43). @throws Problem INVALID */
export function mustSuitAllPlatforms(field: string, text: string): void {
  for (const platform of platforms) {
    const excess = excessOf(platform, 'message', text);
    if (excess !== null)
      throw new Problem('INVALID', {
        field,
        message: `${atMost(excess)} It is sent on every channel, and ${NAMES[platform]} takes no more.`,
      });
  }
}

function atMost({ length, unit, used }: { length: number; unit: string; used: number }): string {
  return `At most ${length} ${unit}, not ${used}.`;
}

function wordsOf({ automation, chat }: InteractionSettings): Words[] {
  const ofRules = automation.rules.flatMap(({ comment, privateMessage }, index): Words[] => [
    { field: `automation.rules.${index}.comment`, kind: 'comment', text: comment },
    { field: `automation.rules.${index}.privateMessage`, kind: 'message', text: privateMessage },
  ]);
  return [
    ...ofRules,
    { field: 'chat.away.text', kind: 'message', text: chat.away.text },
    { field: 'chat.firstContact.text', kind: 'message', text: chat.firstContact.text },
  ];
}
