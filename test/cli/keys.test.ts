import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { aConnection, type Custody, openCustody, openTokens, openVault, type Sealed } from '../vault/a-custody.ts';
import { portcullisHere, type Run } from './run.ts';

describe('portcullis keys', () => {
  let custody: Custody;
  let place: Sealed;
  beforeEach(async () => {
    custody = await openCustody();
    await custody.file('new.key');
    place = await aConnection(custody, await openVault(custody, [await custody.file('old.key')]));
  });
  afterEach(() => custody.close());

  async function keys(...words: string[]): Promise<Run> {
    const files = ['old.key', 'new.key'].map(name => `file:${join(custody.directory, name)}`);
    return portcullisHere(words, { DATABASE_URL: custody.databaseUrl, PORTCULLIS_ROOT_KEYS: files.join() });
  }

  it('exchanges the root key and the workspace keys, step by step, and logs each step', async () => {
    const steps = [
      ['keys', 'stage', `file:${join(custody.directory, 'new.key')}`],
      ['keys', 'promote'],
      ['keys', 'rewrap'],
      ['keys', 'rotate'],
      ['keys', 'retire', '--now'],
      ['keys', 'verify'],
      ['keys', 'status'],
    ];
    let last: Run | null = null;
    for (const words of steps) {
      last = await keys(...words);
      assert.equal(last.code, 0, `${words.join(' ')}: ${last.err}`);
    }
    assert.match(
      last?.out ?? '',
      new RegExp(`root key {7}retired {6}wraps 0 {2}root_\\S+ \\(file:${join(custody.directory, 'old.key')}\\)`),
    );
    assert.match(last?.out ?? '', /to be resealed 0 in connection_secret/);
    const alone = await openVault(custody, [await custody.file('new.key')]);
    assert.equal((await openTokens(custody, alone, place)).length, 2);
    const entries = await custody.database.system.selectFrom('audit_entry').select('operation').orderBy('id').execute();
    assert.deepEqual(
      entries.map(({ operation }) => operation),
      ['keys.stage', 'keys.promote', 'keys.rewrap', 'keys.rotate', 'keys.retire', 'keys.verify'],
    );
  });

  it('logs what was refused as refused, and why', async () => {
    for (const words of [['promote'], ['withdraw']]) assert.equal((await keys('keys', ...words)).code, 6);
    const rows = await custody.database.system.selectFrom('audit_entry').select('entry').orderBy('id').execute();
    const entries = rows.map(({ entry }) => JSON.parse(entry));
    assert.deepEqual(
      entries.map(({ operation, result, detail }) => [operation, result, detail.because]),
      ['keys.promote', 'keys.withdraw'].flatMap(name => [
        [name, 'success', undefined],
        [name, 'denied', 'nothing_staged'],
      ]),
    );
  });

  it('refuses a key that the settings do not name, a workspace that is none, and destruction without a word', async () => {
    for (const words of [
      ['keys', 'stage', 'file:/elsewhere'],
      ['keys', 'stage', 'aws-kms:alias/mine'],
      ['keys', 'rotate', '--workspace', 'acme'],
      ['keys', 'destroy', place.workspaceId],
    ]) {
      const { code, err } = await keys(...words);
      assert.equal(code, 2, err);
      assert.match(err, /^error: .*\nhint: {2}/m);
    }
  });

  it('destroys the keys of a workspace when told so twice', async () => {
    assert.equal((await keys('keys', 'destroy', place.workspaceId, '--yes')).code, 0);
    const { code, out } = await keys('keys', 'verify');
    assert.equal(code, 6);
    assert.match(out, /^0 values open, 2 do not/m);
  });
});
