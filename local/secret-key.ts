import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/**
 * The key that tokens are encrypted with: 32 random bytes in base64, made at the first start and
 * kept in a file that only its owner can read.
 * @param hasEncryptedRows whether the database holds something that only the lost key can read
 * @throws Error when the file is missing and such rows exist: with a new key they would be garbage
 */
export async function secretKey(
  file: string,
  hasEncryptedRows: () => Promise<boolean>,
): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  if (await hasEncryptedRows()) {
    throw new Error(
      `The secret key ${file} is missing, but the database holds tokens encrypted with it. ` +
        `Put the file back from your backup, or give the key in SECRET_KEY. If it is lost, start ` +
        `with an empty database (npm start -- --fresh) and connect the channels again.`,
    );
  }
  const key = randomBytes(32).toString('base64');
  await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}
