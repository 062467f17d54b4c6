import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { readValues } from './read-values.ts';
import { fileSettingOf, secretsInFiles } from './secret-files.ts';
import { type Setting, settingNames, settings } from './settings.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-secrets-'));
});
after(() => rm(folder, { recursive: true }));

async function fileOf(text: string): Promise<string> {
  const path = join(folder, `${Math.random()}`);
  await writeFile(path, text);
  return path;
}

const problemsOf = (env: Record<string, string>) =>
  readValues(env).problems.map(({ setting, problem }) => `${setting} ${problem}`);

describe('a secret in a file', () => {
  it('can be every secret of the table', () => {
    const secrets = settingNames.filter(name => (settings[name] as Setting<unknown>).type.secret === true);
    const own = ['PORTCULLIS_VAULT_TOKEN'];
    assert.deepEqual(
      secretsInFiles,
      secrets.filter(name => !own.includes(name)),
    );
    assert.ok(secretsInFiles.includes('DATABASE_URL') && secretsInFiles.includes('NOTION_OAUTH_CLIENT_SECRET'));
  });

  it('is read without the newline at its end, and is given as if it stood in the setting', async () => {
    const env = {
      NOTION_OAUTH_CLIENT_ID: 'client',
      NOTION_OAUTH_CLIENT_SECRET_FILE: await fileOf('hunter2 \n'),
      DATABASE_URL_FILE: await fileOf('postgres://a:b@db.example.com/c\r\n'),
      PORTCULLIS_PUBLIC_URL: 'https://gate.example.com',
    };
    const { notion, database } = readConfig('serve', env);
    assert.equal(notion?.clientSecret.reveal(), 'hunter2 ');
    assert.equal(database.kind === 'external' && database.url.reveal(), 'postgres://a:b@db.example.com/c');
  });

  it('is refused beside the setting, and where the file cannot be used', async () => {
    const some = await fileOf('x');
    assert.deepEqual(problemsOf({ PORTCULLIS_KEY: 'a', PORTCULLIS_KEY_FILE: some }), [
      'PORTCULLIS_KEY_FILE is set beside PORTCULLIS_KEY',
    ]);
    const missing = join(folder, 'missing');
    assert.deepEqual(problemsOf({ DATABASE_URL_FILE: missing }), [
      `DATABASE_URL_FILE names a file that cannot be read (ENOENT): ${missing}`,
    ]);
    const empty = await fileOf('\n');
    assert.deepEqual(problemsOf({ DATABASE_URL_FILE: empty }), [
      `DATABASE_URL_FILE names a file that is empty: ${empty}`,
    ]);
    assert.deepEqual(problemsOf({ DATABASE_URL_FILE: folder }), [
      `DATABASE_URL_FILE names a file that is a directory: ${folder}`,
    ]);
    assert.match(problemsOf({ DATABASE_URL_FILE: await fileOf('x'.repeat(70_000)) })[0] ?? '', /too large/);
  });

  it('that does not fit is not quoted', async () => {
    const file = await fileOf('mysql://user:hunter2@db');
    await chmod(file, 0o444);
    assert.throws(
      () => readConfig('serve', { DATABASE_URL_FILE: file }),
      error => error instanceof ConfigError && !error.message.includes('hunter2'),
    );
  });

  it('exists for secrets alone', () => {
    assert.deepEqual(problemsOf({ PORTCULLIS_PORT_FILE: '/x' }), ['PORTCULLIS_PORT_FILE is not a setting']);
    for (const name of secretsInFiles) assert.ok(!(fileSettingOf(name) in settings), name);
  });
});
