import type { Logger } from 'pino';
import type { ChannelClients } from '#channels/index.ts';
import type { Db } from '#db/database.ts';
import { claimProfiles, storeProfile, type ProfileWanted } from '#db/profiles.ts';
import type { SecretBox } from '#db/secrets.ts';
import { startLoop, type Loop } from './loop.ts';

export type ProfileDeps = { db: Db; log: Logger; clients: ChannelClients; secretBox: SecretBox };

const AT_ONCE = 4;
const IDLE_MS = 1_000;

/** Asks the platform for the names of new customers, beside everything else: a name that cannot be had holds back nothing. */
export function startProfiles(deps: ProfileDeps): Loop {
  return startLoop({
    idleMs: IDLE_MS,
    onError: (err) => {
      deps.log.warn({ err }, 'profiles failed; it tries again');
    },
    async step() {
      const wanted = await claimProfiles(deps.db, AT_ONCE);
      await Promise.all(wanted.map((one) => readProfile(deps, one)));
      return wanted.length > 0;
    },
  });
}

async function readProfile({ db, clients, secretBox }: ProfileDeps, wanted: ProfileWanted) {
  const { platform, asset, tokenCipher, externalId, customerId } = wanted;
  const by = { asset, token: secretBox.open(tokenCipher) };
  const profile = await clients.of(platform).readProfile(by, externalId);
  if (profile !== null) await storeProfile(db, customerId, profile);
}
