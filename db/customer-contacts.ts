/** Phone numbers and e-mail addresses that customers wrote (R62). */
import { sql, type RawBuilder } from 'kysely';
import { findContacts } from '#domain/contacts.ts';
import type { MessageId } from '#domain/ids.ts';
import type { Trx } from './database.ts';
import { newId } from './ids.ts';

export type WrittenText = { messageId: MessageId; text: string | null };

/**
 * Keeps the contacts in what customers wrote, in one statement and only where there are any. Whose a message is, and
 * that it is a customer's at all, its row says; what is known already changes nothing.
 */
export async function keepContacts(trx: Trx, written: readonly WrittenText[]): Promise<void> {
  const found = written.flatMap(({ messageId, text }) =>
    findContacts(text ?? '').map((contact) => ({ ...contact, messageId, eventId: newId() })),
  );
  if (found.length === 0) return;
  await sql`
    with found as (
      select distinct on (session.customer_id, f.kind, f.value) session.customer_id, f.*
      from jsonb_to_recordset(${JSON.stringify(found)}::jsonb)
        as f("messageId" text, kind text, value text, "eventId" text)
      join message on message.id = f."messageId" and message.direction = 'in' and message.removed_at is null
      join session on session.id = message.session_id
      order by session.customer_id, f.kind, f.value, f."eventId"
    ), fresh as (
      insert into customer_contact (customer_id, kind, value, message_id)
      select customer_id, kind, value, "messageId" from found
      on conflict do nothing
      returning customer_id, kind, value
    )
    insert into customer_event (id, customer_id, type, detail)
    select found."eventId", customer_id, 'contact_found', jsonb_build_object('kind', kind, 'to', value)
    from fresh join found using (customer_id, kind, value)
  `.execute(trx);
}

/** Whether the customer of `session` has told a phone number (R20). */
export const hasPhoneNumber: RawBuilder<boolean> = sql<boolean>`exists (
  select from customer_contact contact
  where contact.customer_id = session.customer_id and contact.kind = 'phone')`;
