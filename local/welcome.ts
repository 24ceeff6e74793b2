import type { DemoLogin } from '#local/demo.ts';
import type { StartSettings } from '#local/settings.ts';
import type { Stack } from '#local/stack.ts';

/** What a person sees when everything runs: where to go, and how to sign in. */
export function welcome(
  stack: Stack,
  { settings, logins }: { settings: StartSettings; logins: readonly DemoLogin[] },
): string {
  const inbox = `http://localhost:${settings.PORT}`;
  const addresses: [string, string | undefined][] = [
    [
      'Play a customer',
      settings.GRAPH_API_URL ? undefined : `http://localhost:${settings.SANDBOX_PORT}`,
    ],
    [
      "Temporal's UI",
      settings.TEMPORAL_ADDRESS ? undefined : `http://localhost:${settings.TEMPORAL_UI_PORT}`,
    ],
    ['API reference', `${inbox}/api/openapi.json`],
    ['Postgres', settings.DATABASE_URL ? undefined : withoutPassword(stack.databaseUrl)],
    ['Data and logs', settings.DATA_DIR],
  ];
  return [
    '',
    'Everthread is running.',
    '',
    row('Inbox', inbox),
    ...loginLines(logins),
    '',
    ...addresses.flatMap(([name, address]) => (address === undefined ? [] : [row(name, address)])),
    '',
    'Stop: Ctrl-C      Forget everything: npm start -- --fresh',
  ].join('\n');
}

function loginLines(logins: readonly DemoLogin[]): string[] {
  if (logins.length === 0) return [];
  const widest = Math.max(...logins.map(({ email }) => email.length));
  return [
    '',
    'Sign in as',
    ...logins.map(({ name, role, email, password }) =>
      row(role, `${email.padEnd(widest)}  ${password}  (${name})`),
    ),
  ];
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(18)}${value}`;
}

function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.password = '';
  return `${url.href}  (password: postgres.password in the data folder)`;
}
