import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Launch } from '#local/launch.ts';

const run = promisify(execFile);

/** A user of this machine. */
export type User = { uid: number; gid: number };

/**
 * Who Postgres runs as: it refuses to run as root.
 * @returns undefined when this process is not root and Postgres can run as the same user; otherwise
 *   the user "postgres", made if the machine has none
 * @throws Error when that user is missing and cannot be made
 */
export async function postgresUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await lookUp()) ?? (await make());
}

async function lookUp(): Promise<User | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
    );
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    // `id` fails when there is no such user: that is the answer.
    return undefined;
  }
}

async function make(): Promise<User> {
  await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch(
    (error: Error) => {
      throw new Error(
        `Postgres does not run as root, and the user "postgres" could not be made ` +
          `(${error.message.trim()}). Make that user, or start as an ordinary user.`,
      );
    },
  );
  const user = await lookUp();
  if (!user) throw new Error('The user "postgres" was made but cannot be found.');
  return user;
}

/**
 * The same command, run by that user. Where a folder on the way to what it needs is closed to others
 * (a clone below /root), the user also gets the one right to pass through it.
 * @param needs the files and folders the command works with
 */
export async function runAs(
  user: User | undefined,
  launch: Launch,
  needs: readonly string[],
): Promise<Launch> {
  if (!user) return launch;
  const open = await Promise.all(needs.map((path) => isOpenToOthers(dirname(path))));
  if (open.every(Boolean)) return { ...launch, ...user };
  const who = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return {
    ...launch,
    command: 'setpriv',
    args: [...who, ...rights, '--', launch.command, ...launch.args],
  };
}

async function isOpenToOthers(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpenToOthers(dirname(folder));
}
