import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Config } from '../../config.ts';
import { readRootKeyFile } from '../../vault/root/file.ts';
import { assertOutsideDataDirectory } from '../../vault/root/file-place.ts';
import { type Finding, look, ok, warn } from './finding.ts';

/** The data directory: there, ours, and nobody else's. */
export function lookAtDataDirectory({ dataDir }: Pick<Config, 'dataDir'>): Promise<Finding[]> {
  const about = 'data directory';
  return look(about, `Give ${dataDir} to the account that runs Portcullis: chown, and chmod 700.`, async () => {
    const found = await stat(dataDir).catch(absent);
    if (found === null) return ok(about, `${dataDir} is made at the first start`);
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    if ((found.mode & 0o022) !== 0) {
      return warn(about, `others may write to ${dataDir}`, `chmod 700 ${dataDir}`);
    }
    return ok(about, dataDir);
  });
}

/** Root keys in files: there, readable to us alone, and apart from the data. Makes none that is missing. */
export async function lookAtRootKeyFiles(config: Pick<Config, 'mode' | 'dataDir' | 'rootKeys'>): Promise<Finding[]> {
  const findings = config.rootKeys.map(({ provider, key }) => {
    const about = 'root key';
    if (provider !== 'file') return [ok(about, `${provider}: ${key}`)];
    return look(about, 'Restore the key from your copy of it. Without it no stored token can be opened.', async () => {
      if (config.mode !== 'demo') await assertOutsideDataDirectory(key, config.dataDir);
      if ((await stat(key).catch(absent)) === null) {
        return warn(about, `there is none at ${key} yet`, 'The first start makes one. If there was one, restore it.');
      }
      const { kid } = await readRootKeyFile(key);
      return ok(about, `${kid} in ${key}`);
    });
  });
  return (await Promise.all(findings)).flat();
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
