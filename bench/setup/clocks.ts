import { clockSettings, type ClockSettings } from '#contracts/settings.ts';
import type { Installation } from './installation.ts';

/** Saves the clocks as an admin does. @returns the version of the settings from then on */
export async function saveClocks(
  { url, asOwner }: Pick<Installation, 'url' | 'asOwner'>,
  clocks: Omit<ClockSettings, 'version'>,
): Promise<number> {
  const ask = async (init?: RequestInit) => {
    const answer = await fetch(`${url}/api/settings/clocks`, { headers: asOwner(), ...init });
    if (!answer.ok) throw new Error(`The clocks were answered with ${answer.status}`);
    return clockSettings.parse(await answer.json());
  };
  const { version } = await ask();
  const saved = await ask({ method: 'PUT', body: JSON.stringify({ version, ...clocks }) });
  return saved.version;
}
