import { z } from 'zod';
import { parseSecretKey } from '#db/secrets.ts';

const port = z.coerce.number().int().min(1).max(65_535);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const isYes = z.stringbool({ truthy: ['true', '1', 'yes'], falsy: ['false', '0', 'no'] });

/** Meta's own inboxes, whose messages are answers of the staff: the app ids that echoes of them carry. */
const META_INBOX_APPS = '26390203743090,263902037430900,1217981644879628';

const schema = z.object({
  DATABASE_URL: z.string('Where is Postgres? For example postgres://localhost/everthread'),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  /** Where operators see Temporal; sessions link to it. */
  TEMPORAL_UI_URL: z.url().optional(),
  PORT: port.default(4010),
  HOST: z.string().default('127.0.0.1'),
  /** The address that browsers and Meta use. */
  PUBLIC_URL: z.url().optional(),
  /** Behind a proxy that sets X-Forwarded-For. */
  TRUST_PROXY: isYes.default(false),
  /** Send the login's cookie over https only. Unset: when PUBLIC_URL is https. */
  COOKIE_SECURE: isYes.optional(),
  META_APP_ID: z.string('The id of your Meta app; with the sandbox any number.'),
  META_APP_SECRET: list.refine(
    (secrets) => secrets.length > 0,
    'The app secret, or several with commas.',
  ),
  META_VERIFY_TOKEN: z
    .string('The text that you have set as the verify token of the webhook.')
    .min(8),
  META_INBOX_APP_IDS: list.default(META_INBOX_APPS.split(',')),
  GRAPH_API_URL: z.url().default('http://127.0.0.1:4020'),
  GRAPH_API_VERSION: z.string().default('v26.0'),
  SECRET_KEY: z
    .string('The key that tokens are encrypted with: openssl rand -base64 32')
    .refine(isKey, {
      message: 'Must be 32 bytes in base64 or hex: openssl rand -base64 32',
    }),
  ROLES: list.pipe(z.array(z.enum(['web', 'ingest'])).min(1)).default(['web', 'ingest']),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export type ApiEnv = z.output<typeof schema>;

/**
 * The environment, read once at the start of the process. A variable that is set to nothing counts as not set.
 * @throws Error that names each variable that is missing or wrong, and what it is for; values are never shown
 */
export function parseEnv(env: NodeJS.ProcessEnv): ApiEnv {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment is not complete:\n${faults.join('\n')}`);
}

function isKey(text: string): boolean {
  try {
    parseSecretKey(text);
    return true;
  } catch {
    return false;
  }
}
