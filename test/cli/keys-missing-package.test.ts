/**
 * Portcullis installed without the packages for key services: an operator who names such a key learns what to install.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { endOf } from '../children.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const leftOut = ['@aws-sdk', 'google-auth-library'];

describe('an installation without the packages for key services', () => {
  let directory: string;
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase({ migrated: true });
    directory = await mkdtemp(join(tmpdir(), 'portcullis-bare-'));
    for (const name of ['src', 'bin', 'package.json'])
      await cp(join(project, name), join(directory, name), { recursive: true });
    await mkdir(join(directory, 'node_modules'));
    for (const name of await readdir(join(project, 'node_modules'))) {
      if (leftOut.includes(name)) continue;
      await symlink(join(project, 'node_modules', name), join(directory, 'node_modules', name));
    }
  });
  after(async () => {
    await rm(directory, { recursive: true });
  });

  async function status(rootKeys: string, more: Record<string, string> = {}) {
    const env = { DATABASE_URL: database.url, HOME: directory, PORTCULLIS_ROOT_KEYS: rootKeys, ...more };
    const child = spawn(process.execPath, [join(directory, 'bin', 'portcullis.mjs'), 'keys', 'status'], { env });
    const err = (await child.stderr.toArray()).join('');
    return { err, code: await endOf(child) };
  }

  for (const [name, key] of [
    ['@aws-sdk/client-kms', 'aws-kms:arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
    ['google-auth-library', 'gcp-kms:projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1'],
  ] as const) {
    it(`says how to install ${name} to an operator who needs it`, async () => {
      const { err, code } = await status(key);
      assert.equal(code, 6, err);
      assert.equal(
        err.replace(/^database: .*\n/, ''),
        `error: PORTCULLIS_ROOT_KEYS names a key that needs the package ${name}, which is not installed. Run: npm install ${name}\n`,
      );
    });
  }

  it('works for an operator who does not', async () => {
    const path = join(directory, 'root.key');
    await openRootKeyFile(path);
    const { err, code } = await status(`file:${path}`);
    assert.equal(code, 0, err);
  });
});
