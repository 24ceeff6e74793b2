import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createApps, type Apps } from '#local/apps.ts';
import { externalPart, type Part } from '#local/part.ts';
import { freePort } from '#local/ports.ts';
import { embeddedPostgres } from '#local/postgres.ts';
import { prepareDatabase, prepareTemporal } from '#local/prepare.ts';
import { unreported, type Report } from '#local/report.ts';
import { temporalBinary } from '#local/temporal-binary.ts';
import { temporalDevServer, type TemporalPart } from '#local/temporal.ts';
import { buildWeb } from '#local/web-build.ts';

/** The ports an installation uses; those not given are free ones. No UI port: Temporal without UI. */
export type Ports = {
  api: number;
  sandbox: number;
  postgres: number;
  temporal: number;
  temporalUi?: number;
};

export type StackOptions = {
  /** Where data and logs go. */
  dataDir: string;
  ports?: Partial<Ports>;
  /** How many API processes. Default 1. */
  apis?: number;
  /** How many worker processes. Default 1. */
  workers?: number;
  /** For API, worker and sandbox; wins over what the stack sets itself. */
  env?: Record<string, string>;
  /** Whether Postgres survives a power cut (a killed process it always survives). Default true. */
  isDurable?: boolean;
  /** Use this database instead of an embedded Postgres. */
  databaseUrl?: string;
  /** Use this Temporal server instead of one of our own. */
  temporalAddress?: string;
  /** Build the desk's pages first if they have changed. Without it the API serves what is built. */
  web?: boolean;
  /** The bundled workflows; without it they are bundled at the start. */
  workflowBundle?: string;
  /** Between the migrations and the processes. What it returns is added to their environment; in
   *  place of `secretKey`, made for this stack, it may return a SECRET_KEY of its own. */
  prepare?: (made: { databaseUrl: string; secretKey: string }) => Promise<Record<string, string>>;
};

/** A whole installation on this machine, whose parts can be stopped and killed one by one. */
export type Stack = Apps & {
  readonly databaseUrl: string;
  /** What tokens are encrypted with: 32 bytes in base64. */
  readonly secretKey: string;
  readonly postgres: Part;
  readonly temporal: TemporalPart;
  /** Every part, in the order of their start. */
  readonly parts: readonly Part[];
  /** Starts all parts in order, with migrations and search attributes in between. */
  start(report?: Report): Promise<void>;
  /** Stops all parts, those that take something in first. */
  stop(): Promise<void>;
  /** `kill -9` to all parts. */
  kill(): Promise<void>;
};

/** Puts an installation together; nothing runs until `start`. All processes end with this one. */
export async function createStack(options: StackOptions): Promise<Stack> {
  const { dataDir } = options;
  const ports = await choosePorts(options.ports);
  const log = (name: string) => join(dataDir, 'logs', `${name}.log`);

  const embedded = options.databaseUrl
    ? undefined
    : await embeddedPostgres({
        dataDir: join(dataDir, 'postgres'),
        port: ports.postgres,
        logFile: log('postgres'),
        isDurable: options.isDurable ?? true,
      });
  const postgres = embedded ?? externalPart('Postgres');
  const databaseUrl = options.databaseUrl ?? embedded?.url('everthread') ?? '';
  const temporal = options.temporalAddress
    ? externalTemporal(options.temporalAddress, options.env?.TEMPORAL_NAMESPACE)
    : temporalDevServer({
        dbFile: join(dataDir, 'temporal', 'temporal.db'),
        port: ports.temporal,
        ...(ports.temporalUi === undefined ? {} : { uiPort: ports.temporalUi }),
        logFile: log('temporal'),
      });

  const found: Record<string, string> & { SECRET_KEY: string } = {
    SECRET_KEY: randomBytes(32).toString('base64'),
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...(ports.temporalUi === undefined
      ? {}
      : { TEMPORAL_UI_URL: `http://localhost:${ports.temporalUi}` }),
    ...(options.workflowBundle ? { WORKFLOW_BUNDLE: options.workflowBundle } : {}),
  };
  const { apis = 1, workers = 1, env = {} } = options;
  const apps = await createApps({ dataDir, log, ports, apis, workers, env, found });
  const takers = [apps.sandbox, ...apps.apis];

  const parts = [postgres, temporal, ...takers, ...apps.workers];

  return {
    ...apps,
    databaseUrl,
    get secretKey() {
      return found.SECRET_KEY;
    },
    postgres,
    temporal,
    parts,

    async start(report = unreported) {
      if (options.web) await report('Web pages', (say) => buildWeb(say));
      await report('Postgres', () => postgres.start());
      await report('Temporal server', async (say) => {
        // Found here first, because building it takes minutes and has something to say.
        if (!options.temporalAddress) await temporalBinary(say);
        await temporal.start();
      });
      await report('Database migrations', () => prepareDatabase(databaseUrl));
      await report('Search attributes', () => prepareTemporal(temporal));
      const { prepare } = options;
      if (prepare) {
        const made = { databaseUrl, secretKey: found.SECRET_KEY };
        Object.assign(found, await report('Workspace', () => prepare(made)));
      }
      found.WORKFLOW_BUNDLE ??= await report('Workflow code', bundle);
      await report('API, worker and sandbox', () =>
        Promise.all([...takers, ...apps.workers].map((part) => part.start())),
      );
    },

    async stop() {
      await Promise.all(takers.map((part) => part.stop()));
      await Promise.all(apps.workers.map((part) => part.stop()));
      await temporal.stop();
      await postgres.stop();
    },

    async kill() {
      // What runs elsewhere refuses to be killed; the others are what is meant.
      const ours = parts.filter((part) => part.pid !== undefined);
      await Promise.all(ours.map((part) => part.kill()));
    },
  };
}

async function choosePorts(given: Partial<Ports> = {}): Promise<Ports> {
  return {
    ...given,
    api: given.api ?? (await freePort()),
    sandbox: given.sandbox ?? (await freePort()),
    postgres: given.postgres ?? (await freePort()),
    temporal: given.temporal ?? (await freePort()),
  };
}

function externalTemporal(address: string, namespace = 'default'): TemporalPart {
  return Object.assign(externalPart('Temporal'), {
    address,
    namespace,
    deleteDatabase: () => Promise.reject(new Error('Temporal runs elsewhere.')),
  });
}

// Loaded only when needed: the bundler behind it takes a second to load.
async function bundle(): Promise<string> {
  const { bundleWorkflows } = await import('#worker/bundle.ts');
  return bundleWorkflows();
}
