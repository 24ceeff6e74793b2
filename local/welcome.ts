import type { DemoLogin } from '#local/demo.ts';
import type { StartSettings } from '#local/settings.ts';
import type { Stack } from '#local/stack.ts';

/** What a person sees when everything runs: where to go, and how to sign in. */
export function welcome(
  stack: Stack,
  { settings, logins }: { settings: StartSettings; logins: readonly DemoLogin[] },
): string {
  const addresses: [string, string | undefined][] = [
    ['Inbox (API)', `http://localhost:${settings.PORT}`],
    ['API reference', `http://localhost:${settings.PORT}/api/openapi.json`],
    [
      'Meta sandbox',
      settings.GRAPH_API_URL ? undefined : `http://localhost:${settings.SANDBOX_PORT}`,
    ],
    [
      "Temporal's UI",
      settings.TEMPORAL_ADDRESS ? undefined : `http://localhost:${settings.TEMPORAL_UI_PORT}`,
    ],
    ['Postgres', settings.DATABASE_URL ? undefined : withoutPassword(stack.databaseUrl)],
    ['Data and logs', settings.DATA_DIR],
  ];
  return [
    '',
    'Everthread is running.',
    '',
    ...addresses.flatMap(([name, address]) =>
      address === undefined ? [] : [`  ${name.padEnd(16)}${address}`],
    ),
    ...(logins.length === 0 ? [] : ['', 'Demo logins', '']),
    ...logins.map(({ role, email, password }) => `  ${role.padEnd(16)}${email}  ${password}`),
    '',
    'Play a customer: npm run customer      Stop: Ctrl-C      Forget everything: npm start -- --fresh',
  ].join('\n');
}

function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.password = '';
  return `${url.href}  (password: postgres.password in the data folder)`;
}
