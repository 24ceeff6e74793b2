import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TurnToCommit } from '#activities/protocol.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import { evolve } from '#domain/session/evolve.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { TestInbox } from './inbox.ts';

let database: TestDatabase;
beforeAll(async () => (database = await testDatabase()));
afterAll(() => database.close());

type Act = 'writes' | 'takes' | 'marks done' | 'commits' | 'commits again' | 'commits late';
const acts = fc.array(
  fc.constantFrom<Act[]>(
    'writes',
    'takes',
    'marks done',
    'commits',
    'commits again',
    'commits late',
  ),
  { minLength: 5, maxLength: 25 },
);

/** Turns that were taken, those that were not committed at the time included. */
type Life = { at: TestInbox; session: SessionId; agent: AgentId; turns: TurnToCommit[] };

async function act({ at, session, agent, turns }: Life, what: Act): Promise<void> {
  switch (what) {
    case 'writes':
      return at.writesAgain(session);
    case 'takes':
      return void (await at.asks(session, agent, { type: 'take', from: null }));
    case 'marks done':
      return void (await at.asks(session, agent, { type: 'done', seenSeq: 1_000 }));
    case 'commits': {
      const turn = await at.nextTurn(session);
      if (turn === null) return;
      turns.push(turn);
      return void (await at.commit(turn));
    }
    case 'commits again':
    case 'commits late': {
      const turn = what === 'commits again' ? turns.at(-1) : turns[0];
      if (turn !== undefined) await at.commit(turn);
    }
  }
}

test('versions only grow, by one with each turn; what is committed again or late changes nothing', async () => {
  const at = await TestInbox.open(database.db, { team: 2, interact: true });
  const [agent] = at.team;
  if (agent === undefined) throw new Error('Nobody there');
  await fc.assert(
    fc.asyncProperty(acts, async (all) => {
      const life: Life = { at, session: await at.newSession(), agent, turns: [] };
      let version = 0;
      for (const what of all) {
        await act(life, what);
        const now = (await at.row(life.session)).version;
        expect([version, version + 1]).toContain(now);
        if (what !== 'commits') expect(now).toBe(version);
        version = now;
      }
      const events = await at.events(life.session);
      const versions = events.map((event) => event.version);
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      expect(Math.max(0, ...versions)).toBeLessThanOrEqual(version);
      const folded = events.map(({ event }) => event).reduce(evolve, NEW_SESSION);
      const { state } = await at.row(life.session);
      expect({ ...(state ?? NEW_SESSION), lastSeq: 0 }).toEqual({ ...folded, lastSeq: 0 });
    }),
    { numRuns: 40 },
  );
});
