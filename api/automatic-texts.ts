import { textLimit } from '#channels/index.ts';
import type { InteractionSettings } from '#contracts/channel-settings.ts';
import { Problem } from '#contracts/errors.ts';
import type { Platform } from '#channels/channel.ts';
import type { SessionKind } from '#domain/ids.ts';

type Words = { field: string; kind: SessionKind; text: string | null };

/** Refuses what a channel's own platform could not carry out. @throws Problem INVALID with the field */
export function mustSuitPlatform(platform: Platform, settings: InteractionSettings): void {
  if (settings.automation.like && platform === 'instagram')
    throw new Problem('INVALID', {
      field: 'automation.like',
      message: 'Comments on Instagram cannot be liked automatically.',
    });
  for (const { field, kind, text } of wordsOf(settings)) {
    const { length, unit } = textLimit(platform, kind);
    const used = unit === 'bytes' ? Buffer.byteLength(text ?? '') : (text ?? '').length;
    if (used > length)
      throw new Problem('INVALID', { field, message: `At most ${length} ${unit}, not ${used}.` });
  }
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
