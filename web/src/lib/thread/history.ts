/** An entry of the conversation history in words. */
import type { Entry } from '#lib/state/session-thread.svelte.ts';
import type { Words } from '#lib/words/index.ts';

type HistoryWords = Words['thread']['history'];

/** What happened. */
export function headline(entry: Entry, words: HistoryWords): string {
  const by = entry.by?.name ?? null;
  const how = entry.how ?? '';
  switch (entry.type) {
    case 'opened':
      return words.opened(how, by);
    case 'assigned':
      return words.assigned(entry.agent?.name ?? words.someone);
    case 'not_assigned':
      return words.notAssigned(how);
    case 'unassigned':
      return words.unassigned(entry.from?.name ?? words.someone);
    case 'escalated':
      return words.escalated(how);
    case 'warned':
      return words.warned;
    case 'overdue':
      return words.overdue;
    case 'close_cancelled':
      return words.closeCancelled(how);
    case 'done':
      return words.done(by, how);
    case 'supporters':
      return words.supporters(namesIn(entry.added), namesIn(entry.removed));
    case 'snoozed':
      return words.snoozed;
    case 'woken':
      return words.woken(how);
    case 'label_added':
      return words.labelAdded(entry.label?.name ?? '');
    case 'label_removed':
      return words.labelRemoved(entry.label?.name ?? '');
    case 'note':
      return words.noteWritten;
    case 'moderation':
      return words.moderated(how);
    case 'owner_changed':
      return words.ownerChanged(entry.agent?.name ?? words.someone);
  }
}

/** Of these the headline says by whom. */
const NAMED_ABOVE: readonly Entry['type'][] = ['opened', 'done'];

/** How, by whom, and who had it before: what there is to say. */
export function particulars(entry: Entry, words: HistoryWords): string[] {
  const said: (string | null)[] = [];
  if (entry.type === 'assigned') {
    said.push(nameOf(words.how, entry.how));
    said.push(entry.from === null ? null : words.from(entry.from.name));
  }
  if (entry.type === 'owner_changed' && entry.from !== null) said.push(words.from(entry.from.name));
  if (entry.type === 'unassigned' || entry.type === 'supporters')
    said.push(nameOf(words.unassignedHow, entry.how));
  if (entry.closingText !== 'none') said.push(nameOf(words.closingText, entry.closingText));
  if (entry.by !== null && !NAMED_ABOVE.includes(entry.type))
    said.push(
      entry.type === 'assigned' ? words.assignedBy(entry.by.name) : words.by(entry.by.name),
    );
  return said.filter((one) => one !== null);
}

/** A word of ours for a code; one that is not known yet is shown as it is. */
function nameOf(names: Record<string, string>, code: string | null): string | null {
  return code === null ? null : (names[code] ?? code);
}

function namesIn(agents: Entry['added']): string {
  return agents.map(({ name }) => name).join(', ');
}
