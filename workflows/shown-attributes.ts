import { upsertSearchAttributes } from '@temporalio/workflow';
import { responseDueAt } from '#domain/session/clocks.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import { InboxAgent, InboxDueAt, InboxStatus } from './search-attributes.ts';

/** What the run shows of itself in Temporal's list. Upserted only when it changes: each is an expensive write there. */
export class ShownAttributes {
  #shown = '';

  show(session: Session): void {
    const agent = isOpen(session) ? session.assignee : null;
    const dueAt = isOpen(session) ? responseDueAt(session) : null;
    const wanted = JSON.stringify([session.status, agent, dueAt]);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    upsertSearchAttributes([
      { key: InboxStatus, value: session.status },
      { key: InboxAgent, value: agent },
      { key: InboxDueAt, value: dueAt === null ? null : new Date(dueAt) },
    ]);
  }
}
