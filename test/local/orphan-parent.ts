/** Starts a part and waits to be killed; its arguments: a folder, the file for the part's number. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPart } from '#local/part.ts';

const [folder = '', pidFile = ''] = process.argv.slice(2);
const part = createPart({
  name: 'child',
  logFile: join(folder, 'child.log'),
  launch: () => ({ command: 'sleep', args: ['60'] }),
  isReady: async () => true,
});
await part.start();
await writeFile(pidFile, String(part.pid));
