import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionQuery } from '#contracts/session.ts';
import type { Person } from '#db/people.ts';
import { listSessions } from '#db/session-list.ts';
import { indexQuery, searchSessions, walkQuery } from '#db/session-search.ts';
import { fold, wordsOf } from '#domain/fold.ts';
import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, aMessage, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

const LETTERS = 'aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđçñüß';
const letter = fc.constantFrom(
  ...LETTERS,
  ...LETTERS.toUpperCase(),
  ...'0123456789 .,/-!_❤️привет',
);
const written = fc
  .tuple(fc.array(letter, { maxLength: 40 }), fc.constantFrom('NFC', 'NFD'))
  .map(([letters, form]) => letters.join('').normalize(form));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await aWorkspace(database.db);
});
afterAll(() => database.close());

describe('R20: accents and capital letters', () => {
  it('are folded in SQL as the rules of the domain fold them', async () => {
    await fc.assert(
      fc.asyncProperty(written, async (text) => {
        const { rows } = await sql<{ folded: string; words: string[] }>`
          select fold(${text}) as folded, tsvector_to_array(words_of(${text})) as words
        `.execute(database.db);
        const words = wordsOf(text).filter((word) => /[\p{L}\p{N}]/u.test(word));
        expect(rows[0]?.folded).toBe(fold(text));
        expect(new Set(rows[0]?.words)).toEqual(new Set(words));
      }),
      { numRuns: 300 },
    );
  });

  it('nothing that is written breaks the index of words', async () => {
    const texts = [
      'a'.repeat(9_000),
      'ệ'.repeat(30_000),
      "'':*&|!()<->\\",
      'x'.repeat(499),
      '\n\t ',
    ];
    for (const text of texts) {
      const { rows } = await sql<{ words: string[] }>`
        select tsvector_to_array(words_of(${text})) as words, words_wanted(${text}) as wanted
      `.execute(database.db);
      expect(rows[0]?.words.every((word) => word.length < 500)).toBe(true);
    }
  });
});

const WORDS = ['áo', 'dài', 'đỏ', 'size', 'Mua', 'ship'];

describe('R20: both ways of searching', () => {
  let people: Person[];
  let channels: ChannelId[];
  beforeAll(async () => {
    const { db } = database;
    const an = await anAgent(db);
    const binh = await anAgent(db);
    channels = [await aChannel(db), await aChannel(db)];
    await sql`insert into customer (id, channel_id, name)
      select 'c' || n, (${channels}::text[])[n % 2 + 1], (${WORDS}::text[])[n % 7 + 1] || ' ' || n
      from generate_series(1, 300) n`.execute(db);
    await sql`insert into session (id, channel_id, kind, customer_id, status, assignee_id, supporters, snoozed_until,
        last_message_at, waiting_since, overdue_at, customer_seq)
      select 's' || n, channel_id, case when n % 3 = 0 then 'comment' else 'message' end, id,
        case when n % 4 = 0 then 'done' else 'open' end,
        case when n % 4 > 0 and n % 5 > 0 then (${[an, binh]}::text[])[n % 2 + 1] end,
        case when n % 4 = 1 and n % 9 = 0 then ${[an]}::text[] else '{}' end,
        case when n % 4 = 1 and n % 11 = 0 then now() end,
        now() - n % 50 * interval '1 minute', case when n % 3 > 0 then now() - n % 7 * interval '1 hour' end,
        case when n % 4 > 0 and n % 6 = 0 then now() end, n % 2
      from customer, lateral (select substr(id, 2)::int as n) numbered`.execute(db);
    await sql`insert into message (id, session_id, channel_id, seq, direction, author, text, occurred_at, received_at, state)
      select 'm' || id || nr, id, channel_id, nr, 'in', 'customer',
        (${WORDS}::text[])[hashtext(id || nr) & 7] || ' ' || (${WORDS}::text[])[hashtext(nr || id) & 15],
        now(), now(), 'received' from session, generate_series(1, 3) nr`.execute(db);
    const seeing = (agent: AgentId, role: Person['role'], view: boolean): Person => ({
      agent,
      name: 'An',
      email: 'an@test',
      role,
      channels: channels.map((channel) => ({
        channel,
        inTeam: true,
        permission: { view, interact: false },
      })),
    });
    people = [seeing(an, 'owner', false), seeing(an, 'staff', true), seeing(binh, 'staff', false)];
  });

  const wanted = fc.record({
    person: fc.nat(2),
    view: fc.constantFrom<SessionQuery['view']>(
      'main',
      'all',
      'mine',
      'unassigned',
      'overdue',
      'done',
    ),
    q: fc.array(fc.constantFrom('ao', 'Ao D', 'đo', 'SIZ', 'mua', '12', 'zz'), {
      minLength: 1,
      maxLength: 2,
    }),
    kind: fc.constantFrom(undefined, 'comment' as const),
    limit: fc.constantFrom(3, 20, 100),
  });

  it('find the same, in the order of the list, and nothing that the list does not hold', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, async ({ person: nr, q, ...rest }) => {
        const { db } = database;
        const person = people[nr] as Person;
        const query = { ...rest, q: q.join(' ') };
        const walked = (await walkQuery(person, query, 1_000).execute(db)).rows[0];
        const indexed = (await indexQuery(person, query).execute(db)).rows;
        expect(walked?.examined).toBeLessThan(1_000);
        expect(walked?.found).toEqual(indexed);
        const list = await wholeList(person, rest);
        const found = (await searchSessions(db, person, query)).map(({ id }) => id);
        expect(found).toEqual(list.filter((id) => found.includes(id)));
      }),
      { numRuns: 60 },
    );
  });

  it('come in pages without a gap or a repetition', async () => {
    const [owner] = people as [Person];
    const read = async (limit: number) => {
      const found: SessionId[] = [];
      let cursor: string | undefined;
      do {
        const query = { view: 'all' as const, q: 'ao', limit, cursor };
        const page = await listSessions(database.db, owner, query);
        found.push(...page.sessions.map(({ id }) => id));
        cursor = page.cursor ?? undefined;
      } while (cursor !== undefined);
      return found;
    };
    const whole = await read(100);
    expect(whole.length).toBeGreaterThan(50);
    expect(new Set(whole).size).toBe(whole.length);
    expect(await read(7)).toEqual(whole);
  });

  async function wholeList(person: Person, query: Omit<SessionQuery, 'q' | 'limit'>) {
    const all: SessionId[] = [];
    let cursor: string | undefined;
    do {
      const page = await listSessions(database.db, person, { ...query, limit: 100, cursor });
      all.push(...page.sessions.map(({ id }) => id));
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    return all;
  }
});

it('R20: a word that stands nearly everywhere is found without asking the index for all of it', async () => {
  const { db } = database;
  const [channel, agent] = [await aChannel(db), await anAgent(db, { role: 'owner' })];
  const session = await aSessionRow(db, { channel });
  await sql`insert into message (id, session_id, channel_id, seq, direction, author, text, occurred_at, received_at, state)
    select 'often' || nr, ${session}, ${channel}, nr, 'in', 'customer', 'Chào shop', now(), now(), 'received'
    from generate_series(1, 6000) nr`.execute(db);
  await aMessage(db, { session, channel, seq: 7_000, text: 'hiếm' });
  await sql`analyze message`.execute(db);
  const permission = { view: false, interact: false };
  const channels = [{ channel, inTeam: true, permission }];
  const person: Person = { agent, name: 'An', email: 'an@test', role: 'owner', channels };
  const found = async (q: string) =>
    (await listSessions(db, person, { view: 'main', limit: 50, q })).sessions.map(({ id }) => id);
  expect(await found('chao SHOP')).toEqual([session]);
  expect(await found('hiem')).toEqual([session]);
  expect(await found('chao hiem')).toEqual([]);
});
