import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { errorTable } from '../../src/domain/errors.ts';
import { portcullisHere } from '../cli/run.ts';
import { type Custody, openCustody } from '../vault/a-custody.ts';

const publicUrl = 'https://portcullis.example';

describe('portcullis webhooks --deployment', () => {
  let custody: Custody;
  before(async () => {
    custody = await openCustody();
    await custody.file('root.key');
  });
  after(() => custody.close());

  const run = (words: readonly string[], env: Record<string, string> = {}) =>
    portcullisHere(['webhooks', ...words], {
      DATABASE_URL: custody.databaseUrl,
      PORTCULLIS_ROOT_KEY_FILE: join(custody.directory, 'root.key'),
      PORTCULLIS_PUBLIC_URL: publicUrl,
      ...env,
    });
  const logged = async () => {
    const query = custody.database.system.selectFrom('audit_entry').select(['operation', 'workspace_id', 'entry']);
    return (await query.orderBy('id').execute()).map(({ operation, workspace_id: workspace, entry }) => ({
      operation,
      workspace,
      by: typeof JSON.parse(entry).detail.by,
    }));
  };

  it('makes, resets, lists and removes addresses, and each change is in the log of the deployment', async () => {
    const made = await run(['add', '--deployment']);
    assert.equal(made.code, 0, made.err);
    const [, id = '', url = ''] = /^(whs_\S+) {2}waiting {4}(\S+)$/m.exec(made.out) ?? [];
    assert.match(url, /^https:\/\/portcullis\.example\/webhooks\/notion\/[\w-]{43}$/);
    assert.match(made.err, new RegExp(`Then: portcullis webhooks token ${id} --deployment`));
    assert.equal((await run(['list', '--deployment'])).out, made.out);
    const renewed = JSON.parse((await run(['reset', id, '--deployment', '--json'])).out) as { id: string; url: string };
    assert.equal(renewed.id, id);
    assert.notEqual(renewed.url, url);
    const { out, code } = await run(['kept-aside', id, '--deployment']);
    assert.deepEqual([out, code], ['', 0]);
    assert.equal((await run(['remove', id, '--deployment'])).code, 0);
    assert.equal((await run(['list', '--deployment'])).out, '');
    const of = { workspace: null, by: 'string' };
    assert.deepEqual(
      await logged(),
      ['webhook.created', 'webhook.reset', 'webhook.removed'].map(operation => ({ operation, ...of })),
    );
  });

  it('says why there is no token to print', async () => {
    const { out } = await run(['add', '--deployment', '--json']);
    const { id } = JSON.parse(out) as { id: string };
    const { code, err } = await run(['token', id, '--deployment']);
    assert.equal(code, errorTable.conflict.exitCode, err);
    assert.match(err, /^error: There is no token to show/m);
  });

  it('says what is wrong with what was typed or set', async () => {
    const unknown = 'whs_01900000-0000-7000-8000-000000000000';
    const cases: [readonly string[], Record<string, string>, RegExp][] = [
      [['list', '--deployment', '--workspace', 'wsp_x'], {}, /exclude each other/],
      [['token', 'mine', '--deployment'], {}, /"mine" is not the id of a subscription/],
      [['list', '--deployment'], { PORTCULLIS_PUBLIC_URL: '' }, /PORTCULLIS_PUBLIC_URL/],
      [['reset', unknown, '--deployment'], {}, /There is no such webhook subscription/],
      [['list'], {}, /no API key/],
    ];
    for (const [words, env, message] of cases) {
      const { code, err } = await run(words, env);
      assert.notEqual(code, 0);
      assert.match(err, message);
      assert.doesNotMatch(err, /\n {4}at /, 'no stack');
    }
  });
});
