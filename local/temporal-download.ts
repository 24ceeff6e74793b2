import { join } from 'node:path';
import { download, type DownloadLimits } from '#local/download.ts';
import { runTool } from '#local/run-tool.ts';

/** Where the releases are served, and for how long to try. */
export type Downloads = { url: string; limits: DownloadLimits };

/** The official place, or the one that TEMPORAL_DOWNLOAD_URL names (a mirror inside a company). */
export function officialDownloads(env: NodeJS.ProcessEnv): Downloads {
  return {
    url: env.TEMPORAL_DOWNLOAD_URL || 'https://temporal.download/cli/archive',
    limits: { stallMs: 20_000, totalMs: 15 * 60_000 },
  };
}

// As the releases name them, by Node's names.
const platforms: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin' };
const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Puts the program `temporal` of the official release for this machine into a folder.
 * @param version `v1.2.3`
 * @throws Error in words when there is none for this machine, or it cannot be had
 */
export async function downloadTemporal({
  version,
  into,
  from,
  say,
}: {
  version: string;
  into: string;
  from: Downloads;
  say: (line: string) => void;
}): Promise<void> {
  const platform = platforms[process.platform];
  const arch = architectures[process.arch];
  if (!platform || !arch) {
    throw new Error(`there is none to unpack for ${process.platform} on ${process.arch}`);
  }
  const file = join(into, 'temporal.tar.gz');
  await download(`${from.url}/${version}?platform=${platform}&arch=${arch}`, {
    file,
    say: (line) => say(`downloading the Temporal server, once: ${line}`),
    limits: from.limits,
  });
  await runTool({ command: 'tar', args: ['-xzf', file, '-C', into, 'temporal'] });
}
