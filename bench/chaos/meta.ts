/** The other side of the sandbox: customers who write, what has reached them, and what shall go wrong. */
import { z } from 'zod';
import type { FaultSettings, ScriptedFault } from '#sandbox/faults.ts';
import { playCalls } from '#sandbox/sandbox-client.ts';
import { SEED_PAGE } from '#sandbox/seed.ts';
import type { Message } from '#sandbox/world.ts';

const created = z.object({ id: z.string() });
const written = z.object({ mid: z.string() });
const pending = z.object({ pending: z.number() });
const status = z.object({ status: z.number() });

export type Meta = {
  /** @returns the person's id at the Page */
  newCustomer(name: string): Promise<string>;
  /** @returns the message's id at Meta */
  write(customer: string, text: string): Promise<string>;
  read(customer: string): Promise<void>;
  /** Somebody answers in Meta's own inbox. */
  answerElsewhere(customer: string, text: string): Promise<string>;
  /** All that Pages have sent to customers, oldest first. */
  outbox(): Promise<Message[]>;
  /** Everything of one conversation, oldest first; nothing of who was not made here. */
  thread(customer: string): Promise<Message[]>;
  /** Webhooks that nobody has acknowledged yet. */
  pending(): Promise<number>;
  setFaults(faults: Partial<FaultSettings>): Promise<void>;
  clearFaults(): Promise<void>;
  scriptFault(fault: Partial<ScriptedFault>): Promise<void>;
  /** Posts these bytes to the webhook once, signed. @returns the HTTP status; 0 = no answer */
  post(body: string | Buffer): Promise<number>;
};

export function metaAt(url: string): Meta {
  const call = playCalls(url);
  return {
    newCustomer: async (name) => created.parse(await call('POST', 'customers', { name })).id,
    write: async (customer, text) =>
      written.parse(await call('POST', `customers/${customer}/messages`, { text })).mid,
    async read(customer) {
      await call('POST', `customers/${customer}/read`, {});
    },
    answerElsewhere: async (customer, text) =>
      written.parse(await call('POST', `pages/${SEED_PAGE.id}/replies`, { customer, text })).mid,
    outbox: async () => (await call('GET', 'outbox')) as Message[],
    async thread(customer) {
      const response = await fetch(`${url}/sandbox/customers/${customer}/messages`);
      const body: unknown = await response.json();
      return response.status === 404 ? [] : (body as Message[]);
    },
    pending: async () => pending.parse(await call('GET', 'pending')).pending,
    async setFaults(faults) {
      await call('PUT', 'faults', faults);
    },
    async clearFaults() {
      await call('DELETE', 'faults');
    },
    async scriptFault(fault) {
      await call('POST', 'faults/next', fault);
    },
    async post(body) {
      const response = await fetch(`${url}/sandbox/webhooks`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      });
      return status.parse(await response.json()).status;
    },
  };
}
