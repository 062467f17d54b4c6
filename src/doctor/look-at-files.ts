import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { minuteMs } from '../domain/units.ts';
import { lookIntoSpool } from '../vault/refresh/spool.ts';
import { readRootKeyFile } from '../vault/root/file.ts';
import { assertOutsideDataDirectory } from '../vault/root/file-place.ts';
import { type Finding, fail, look, ok, warn } from './finding.ts';

/** The data directory must exist, be ours, and be closed to others. */
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

/** A gateway brings home what lies in the spool twice a minute. */
const spoolMsMax = 2 * minuteMs;

/**
 * The directory for refreshed tokens on their way to the database. It must be writable, and nothing should be left in
 * it.
 */
export function lookAtSpool({ dataDir }: Pick<Config, 'dataDir'>, nowMs: () => number): Promise<Finding[]> {
  const about = 'spool';
  const directory = join(dataDir, 'spool');
  return look(about, `Give ${directory} to the account that runs Portcullis: chown, and chmod 700.`, async () => {
    if ((await stat(directory).catch(absent)) === null) return ok(about, 'the first start makes it');
    const spool = await lookIntoSpool(directory);
    const findings: Finding[] = [];
    for (const name of await spool.names()) {
      const spooled = await spool.read(name);
      if (spooled === 'unreadable') {
        const todo = `Move it out of ${directory}. Its name begins with a connection: if that does not work, press *Reconnect* at its workspace.`;
        findings.push(fail(about, `${name} cannot be read`, todo));
      } else if (spooled !== 'gone' && nowMs() - spooled.attempt.startedAt.getTime() > spoolMsMax) {
        const todo = 'A gateway that runs and can write to the database stores them: portcullis serve.';
        findings.push(fail(about, `refreshed tokens of ${spooled.attempt.connectionId} wait to be stored`, todo));
      }
    }
    if (spool.volatile) {
      const todo =
        'Name a directory on a disk in PORTCULLIS_DATA_DIR: a token that is refreshed while the machine stops is lost.';
      findings.push(warn(about, `${directory} lies in memory`, todo));
    }
    return findings.length === 0 ? ok(about, 'keeps files, and nothing is left in it') : findings;
  });
}

/** Root keys in files must exist, be readable to us alone, and be apart from the data. Makes no missing key. */
export async function lookAtRootKeyFiles(config: Pick<Config, 'mode' | 'dataDir' | 'rootKeys'>): Promise<Finding[]> {
  const findings = config.rootKeys.map(({ provider, key }) => {
    const about = 'root key';
    if (provider !== 'file') return [ok(about, `${provider}: ${key}`)];
    return look(
      about,
      `Restore ${key} from your copy of it, or name the right file in PORTCULLIS_ROOT_KEYS. Without it no stored token can be opened.`,
      async () => {
        if (config.mode !== 'demo') await assertOutsideDataDirectory(key, config.dataDir);
        if ((await stat(key).catch(absent)) === null) {
          return warn(
            about,
            `there is none at ${key}`,
            'The first portcullis serve on a new database makes one. If there was one, put it back from its copy, or name it in PORTCULLIS_ROOT_KEYS.',
          );
        }
        const { kid } = await readRootKeyFile(key);
        return ok(about, `${kid} in ${key}`);
      },
    );
  });
  return (await Promise.all(findings)).flat();
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
