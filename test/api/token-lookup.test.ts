import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTokenLookup } from '#api/token-lookup.ts';
import { createLogin } from '#db/people.ts';
import type { AgentId } from '#domain/ids.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { anAgent, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await aWorkspace(database.db);
});
afterAll(() => database.close());

async function aLogin(agent: AgentId): Promise<Buffer> {
  const tokenHash = Buffer.from(agent);
  const expiresAt = new Date(Date.now() + 60_000);
  await createLogin(database.db, { tokenHash, agent, expiresAt });
  return tokenHash;
}

it('R23: who asks at the same time is told apart, and nobody’s token is nobody', async () => {
  const { db } = database;
  const [an, binh] = [await anAgent(db), await anAgent(db)];
  const [ofAn, ofBinh] = [await aLogin(an), await aLogin(binh)];
  const lookup = createTokenLookup(db);
  const people = await Promise.all([ofBinh, Buffer.from('nobody'), ofAn, ofBinh].map(lookup));
  expect(people.map((person) => person?.agent)).toEqual([binh, undefined, an, binh]);
});

it('R23: whoever was let in is not any more, once they are disabled', async () => {
  const { db } = database;
  const agent = await anAgent(db);
  const token = await aLogin(agent);
  const lookup = createTokenLookup(db);
  expect(await lookup(token)).not.toBeNull();
  await db
    .updateTable('agent')
    .set({ disabled_at: sql`now()` })
    .where('id', '=', agent)
    .execute();
  expect(await lookup(token)).toBeNull();
});

it('after a look-up that failed the next one is answered', async () => {
  const { db } = database;
  const token = await aLogin(await anAgent(db));
  const lookup = createTokenLookup(db);
  await expect(lookup(String.raw`\x0` as never)).rejects.toThrow();
  expect(await lookup(token)).not.toBeNull();
});
