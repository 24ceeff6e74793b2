import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The desk's pages, built as they are now. */
export default async function setup(): Promise<void> {
  await promisify(execFile)('npm', ['run', 'build:web'], { timeout: 240_000 });
}
