import type { Me } from '#contracts/agent.ts';
import { listChannels } from './channels.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { readWorkspace } from './settings.ts';

/** Who looks, and at which channels. */
export async function readMe(db: Db, person: Person): Promise<Me> {
  const { agent: id, name, email, role } = person;
  const [workspace, channels] = await Promise.all([readWorkspace(db), listChannels(db, person)]);
  return { id, name, email, role, workspace, channels };
}
