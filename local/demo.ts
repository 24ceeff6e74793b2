import { hashPassword } from '#api/passwords.ts';
import type { Db, Trx } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import type { StoredClocks } from '#db/stored.ts';
import type { SecretBox } from '#db/secrets.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';

/** Who can sign in to the demo workspace. */
export type DemoLogin = { role: string; email: string; password: string };

const PASSWORD = 'everthread';

/** What the sandbox plays: its first Page, and the token that it takes. */
const PAGE = { asset: '100000000000001', name: 'Tiệm Hoa Mai', token: 'sandbox-page-token' };

type DemoAgent = { name: string; email: string; role: Role };
const PEOPLE: readonly DemoAgent[] = [
  { name: 'Hoàng Mai', email: 'mai@demo.test', role: 'owner' },
  { name: 'Đỗ Quang Minh', email: 'minh@demo.test', role: 'admin' },
  { name: 'Nguyễn Thị An', email: 'an@demo.test', role: 'staff' },
  { name: 'Trần Văn Bình', email: 'binh@demo.test', role: 'staff' },
  { name: 'Lê Ngọc Chi', email: 'chi@demo.test', role: 'staff' },
  { name: 'Phạm Quốc Dũng', email: 'dung@demo.test', role: 'staff' },
];

/** All off, prefilled as a new workspace has them (product: Defaults). */
const CLOCKS: StoredClocks = {
  autoClose: { on: false, afterSeconds: 30 * 60, text: '' },
  reassign: { on: false, afterSeconds: 10 * 60 },
  deadline: { on: false, afterSeconds: 30 * 60, warnBeforeSeconds: 5 * 60 },
};

/**
 * The demo workspace, made at the first start and left alone afterwards: a Facebook Page of the
 * sandbox, an owner, an admin, four agents and a team.
 * @returns the logins to show; none when the workspace is not the demo's
 */
export async function seedDemo(db: Db, secretBox: SecretBox): Promise<DemoLogin[]> {
  const passwordHash = await hashPassword(PASSWORD);
  await db.transaction().execute(async (trx) => {
    const isNew = await insertWorkspace(trx);
    if (isNew) await insertTeam(trx, { passwordHash, tokenCipher: secretBox.seal(PAGE.token) });
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
    ({ role, email }) => ({ role: role === 'staff' ? 'agent' : role, email, password: PASSWORD }),
  );
}

async function insertWorkspace(trx: Trx): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('workspace')
    .values({ name: 'Everthread demo', clocks: JSON.stringify(CLOCKS) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

async function insertTeam(
  trx: Trx,
  { passwordHash, tokenCipher }: { passwordHash: string; tokenCipher: Buffer },
): Promise<void> {
  const channel = newId<ChannelId>();
  const people = PEOPLE.map((person) => ({ ...person, id: newId<AgentId>() }));
  await trx
    .insertInto('agent')
    .values(people.map((person) => ({ ...person, password_hash: passwordHash })))
    .execute();
  await trx
    .insertInto('channel')
    .values({
      id: channel,
      platform: 'facebook',
      asset_id: PAGE.asset,
      name: PAGE.name,
      token_cipher: tokenCipher,
    })
    .execute();
  // The owner counts as in every team; the admin watches over this one and is given nothing.
  const staff = people.filter(({ role }) => role === 'staff');
  const admins = people.filter(({ role }) => role === 'admin');
  await trx
    .insertInto('channel_agent')
    .values(
      [...staff, ...admins].map(({ id, role }, position) => ({
        channel_id: channel,
        agent_id: id,
        position,
        receives_messages: role === 'staff',
        receives_comments: role === 'staff',
      })),
    )
    .execute();
}
