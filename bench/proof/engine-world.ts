/** What the proofs of the session engine have in common: settings through the API, and what became of many sessions. */
import { sql } from 'kysely';
import { assignmentSettings, type AssignmentSettings } from '#contracts/channel-settings.ts';
import { workspaceSettings, type WorkspaceSettings } from '#contracts/workspace-settings.ts';
import { inTurns } from '#bench/chaos/facts.ts';
import type { World } from '#bench/chaos/world.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import type { Session } from '#domain/session/session.ts';

/** Changes the assignment settings of the one channel, as its admin does. */
export async function setAssignment(
  { admin, workspace }: World,
  change: Partial<AssignmentSettings>,
): Promise<void> {
  const path = `settings/channels/${workspace.channelId}/assignment`;
  const now = await admin.get(path, assignmentSettings);
  await mustSave(admin, path, { ...now, ...change });
}

/** Changes the settings of the workspace: capacity, grace time, handing back. */
export async function setWorkspace(
  { admin }: World,
  change: Partial<WorkspaceSettings>,
): Promise<void> {
  const path = 'settings/workspace';
  const now = await admin.get(path, workspaceSettings);
  await mustSave(admin, path, { ...now, ...change });
}

async function mustSave(admin: World['admin'], path: string, body: unknown): Promise<void> {
  const { status, body: answer } = await admin.persist('PUT', path, body);
  if (status !== 200) throw new Error(`PUT ${path}: ${String(status)} ${JSON.stringify(answer)}`);
}

/** Sessions that are still being written about wait for this many others. */
const AT_ONCE = 25;

/** So many new customers write one message each, in this order. @returns their ids at the Page */
export async function newCustomers(world: World, count: number): Promise<string[]> {
  const customers: string[] = [];
  await inTurns(Array.from({ length: count }), AT_ONCE, async () => {
    customers.push(await world.meta.newCustomer('Khách Chờ'));
  });
  await inTurns(customers, AT_ONCE, async (customer) => {
    await world.meta.write(customer, 'Shop còn hàng không?');
  });
  return customers;
}

export type Standing = {
  id: SessionId;
  assignee: AgentId | null;
  inLineSince: Date | null;
  dueAt: Date | null;
  round: number;
  version: number;
  state: Session;
};

/** The sessions of some customers as they stand, longest waiting first. */
export async function standings({ db }: World, customers: readonly string[]): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    select s.id, s.assignee_id as assignee, s.in_line_since as "inLineSince", s.due_at as "dueAt",
      s.round, s.version, s.state
    from customer_identity i join session s on s.customer_id = i.customer_id
    where i.external_id = any(${[...customers]}::text[]) and s.state is not null
    order by s.waiting_since, s.id
  `.execute(db);
  return rows;
}

/** Waits until something holds of them. @throws Error that says how they stood last */
export async function untilAll(
  world: World,
  customers: readonly string[],
  {
    what,
    isSo,
    withinMs = 120_000,
  }: { what: string; isSo: (all: Standing[]) => boolean; withinMs?: number },
): Promise<Standing[]> {
  const end = Date.now() + withinMs;
  for (;;) {
    const all = await standings(world, customers).catch((): Standing[] => []);
    if (all.length === customers.length && isSo(all)) return all;
    if (Date.now() > end)
      throw new Error(
        `Waited in vain until ${what}: ${String(all.length)} of ${String(customers.length)} are there`,
      );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
