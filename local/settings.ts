import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isTaken } from '#local/ports.ts';

const port = z.coerce.number().int().min(1).max(65_535);
const text = z.string().min(1).optional();

const schema = z.object({
  PORT: port.default(4010),
  SANDBOX_PORT: port.default(4020),
  TEMPORAL_PORT: port.default(7233),
  TEMPORAL_UI_PORT: port.default(8233),
  POSTGRES_PORT: port.default(54320),
  DATA_DIR: z
    .string()
    .min(1)
    .default(fileURLToPath(new URL('../.data', import.meta.url))),
  DATABASE_URL: text,
  TEMPORAL_ADDRESS: text,
  SECRET_KEY: text,
  GRAPH_API_URL: text,
});

/** What `npm start` can be told by the environment, with its defaults. */
export type StartSettings = z.infer<typeof schema>;

/** @throws Error naming the setting and what is wrong with it */
export function startSettings(env: NodeJS.ProcessEnv): StartSettings {
  // A variable that is set to nothing counts as not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = issue.path.join('.');
      return `${name}=${given[name] ?? ''}: ${issue.message}`;
    });
    throw new Error(`A setting is wrong.\n${lines.join('\n')}`);
  }
  return { ...parsed.data, DATA_DIR: resolve(parsed.data.DATA_DIR) };
}

const passedOn = [
  ...['META_APP_ID', 'META_APP_SECRET', 'META_VERIFY_TOKEN', 'META_INBOX_APP_IDS', 'GRAPH_API_URL'],
  ...['PUBLIC_URL', 'HOST', 'ROLES', 'SECRET_KEY', 'TEMPORAL_NAMESPACE', 'LOG_LEVEL'],
  ...['TEMPORAL_UI_URL', 'COOKIE_SECURE', 'TRUST_PROXY', 'GRAPH_API_VERSION'],
];

/** Those settings of the processes that somebody has given; the stack knows the others. */
export function givenToProcesses(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    passedOn.flatMap((name) => {
      const value = env[name];
      return value ? [[name, value]] : [];
    }),
  );
}

/** @throws Error naming each port that cannot be had, and the setting to change */
export async function checkPorts(settings: StartSettings): Promise<void> {
  const wanted: [keyof StartSettings, string, boolean][] = [
    ['PORT', 'the inbox', true],
    ['SANDBOX_PORT', 'the sandbox', settings.GRAPH_API_URL === undefined],
    ['POSTGRES_PORT', 'Postgres', settings.DATABASE_URL === undefined],
    ['TEMPORAL_PORT', 'Temporal', settings.TEMPORAL_ADDRESS === undefined],
    ['TEMPORAL_UI_PORT', "Temporal's UI", settings.TEMPORAL_ADDRESS === undefined],
  ];
  const complaints: string[] = [];
  const given = new Map<number, string>();
  for (const [name, what, isNeeded] of wanted) {
    if (!isNeeded) continue;
    const number = Number(settings[name]);
    const other = given.get(number);
    given.set(number, what);
    if (other !== undefined) {
      complaints.push(`Port ${number} is wanted for ${other} and for ${what}: change ${name}.`);
      continue;
    }
    if (!(await isTaken(number))) continue;
    complaints.push(
      `Port ${number}, wanted for ${what}, is taken by another program. ` +
        `Stop that program, or choose another port: ${name}=${number + 1} npm start`,
    );
  }
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}
