import { hashPassword } from '#api/passwords.ts';
import type { Db, Trx } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import type { StoredClocks } from '#db/stored.ts';
import type { SecretBox } from '#db/secrets.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';
import { SEED_INSTAGRAM, SEED_PAGE } from '#sandbox/seed.ts';

/** Who can sign in to the demo workspace. */
export type DemoLogin = { name: string; role: string; email: string; password: string };

const PASSWORD = 'everthread';

/** What the sandbox plays. */
const CHANNELS = [SEED_PAGE, SEED_INSTAGRAM];

type DemoAgent = { name: string; email: string; role: Role };
const PEOPLE: readonly DemoAgent[] = [
  { name: 'Hoàng Mai', email: 'mai@demo.test', role: 'owner' },
  { name: 'Đỗ Quang Minh', email: 'minh@demo.test', role: 'admin' },
  { name: 'Nguyễn Thị An', email: 'an@demo.test', role: 'staff' },
  { name: 'Trần Văn Bình', email: 'binh@demo.test', role: 'staff' },
  { name: 'Lê Ngọc Chi', email: 'chi@demo.test', role: 'staff' },
  { name: 'Phạm Quốc Dũng', email: 'dung@demo.test', role: 'staff' },
];

/** All off, prefilled as a new workspace has them. */
const CLOCKS: StoredClocks = {
  autoClose: { on: false, afterSeconds: 30 * 60, text: '' },
  reassign: { on: false, afterSeconds: 10 * 60 },
  deadline: { on: false, afterSeconds: 30 * 60, warnBeforeSeconds: 5 * 60 },
};

/**
 * The demo workspace, made at the first start and left alone afterwards: the sandbox's Facebook Page and
 * Instagram account, an owner, an admin, and four agents who are the team of both.
 * @returns the logins to show; none when the workspace is not the demo's
 */
export async function seedDemo(db: Db, secretBox: SecretBox): Promise<DemoLogin[]> {
  const passwordHash = await hashPassword(PASSWORD);
  await db.transaction().execute(async (trx) => {
    const isNew = await insertWorkspace(trx);
    if (!isNew) return;
    const people = await insertPeople(trx, passwordHash);
    for (const channel of CHANNELS) await insertChannel(trx, { channel, people, secretBox });
  });
  const present = await db
    .selectFrom('agent')
    .select('email')
    .where(
      'email',
      'in',
      PEOPLE.map(({ email }) => email),
    )
    .execute();
  return PEOPLE.filter(({ email }) => present.some((row) => row.email === email)).map(
    ({ name, role, email }) => ({
      name,
      role: role === 'staff' ? 'agent' : role,
      email,
      password: PASSWORD,
    }),
  );
}

/** Whether nobody has ever written here. */
export async function isUntouched(db: Db): Promise<boolean> {
  const [delivery, customer] = await Promise.all([
    db.selectFrom('webhook_delivery').select('id').limit(1).executeTakeFirst(),
    db.selectFrom('customer').select('id').limit(1).executeTakeFirst(),
  ]);
  return delivery === undefined && customer === undefined;
}

async function insertWorkspace(trx: Trx): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('workspace')
    .values({ name: 'Everthread demo', clocks: JSON.stringify(CLOCKS) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

type Person = DemoAgent & { id: AgentId };

async function insertPeople(trx: Trx, passwordHash: string): Promise<Person[]> {
  const people = PEOPLE.map((person) => ({ ...person, id: newId<AgentId>() }));
  await trx
    .insertInto('agent')
    .values(people.map((person) => ({ ...person, password_hash: passwordHash })))
    .execute();
  return people;
}

async function insertChannel(
  trx: Trx,
  {
    channel,
    people,
    secretBox,
  }: { channel: (typeof CHANNELS)[number]; people: readonly Person[]; secretBox: SecretBox },
): Promise<void> {
  const id = newId<ChannelId>();
  await trx
    .insertInto('channel')
    .values({
      id,
      platform: channel.platform,
      asset_id: channel.id,
      name: channel.name,
      token_cipher: secretBox.seal(channel.token),
    })
    .execute();
  // The owner counts as in every team; the admin watches over this one and is given nothing.
  const staff = people.filter(({ role }) => role === 'staff');
  const admins = people.filter(({ role }) => role === 'admin');
  await trx
    .insertInto('channel_agent')
    .values(
      [...staff, ...admins].map(({ id: agent, role }, position) => ({
        channel_id: id,
        agent_id: agent,
        position,
        receives_messages: role === 'staff',
        receives_comments: role === 'staff',
      })),
    )
    .execute();
}
