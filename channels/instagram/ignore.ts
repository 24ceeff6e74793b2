import { eventName, ignored, type Entry, type Outcome } from '#channels/entry.ts';
import { changesOf, eventsOf } from '#channels/envelope.ts';
import { asList, field } from '#channels/json.ts';

/** Instagram has no parser yet: each of its items stays in the delivery and is counted by what it is about. */
export function ignoreInstagramEntry({ raw }: Entry): Outcome[] {
  const messaging = asList(field(raw, 'messaging')).flatMap((item) => {
    const events = eventsOf(item, new Set());
    return events.length > 0 ? events.map(eventName) : ['none'];
  });
  const standby = asList(field(raw, 'standby')).map(() => 'standby');
  const changes = changesOf(raw).map((change) => change.name);
  const names = [...messaging, ...standby, ...changes];
  return (names.length > 0 ? names : ['none']).map((name) => ignored(`instagram:${name}`));
}
