import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Command } from '../../src/cli/command.ts';
import { keysVerify } from '../../src/cli/keys-look.ts';
import { keysRotate } from '../../src/cli/keys-workspace.ts';
import { aConnection, type Custody, openCustody, openVault } from '../vault/a-custody.ts';

describe('portcullis keys, while somebody watches', () => {
  let custody: Custody;
  beforeEach(async () => {
    custody = await openCustody();
    const vault = await openVault(custody, [await custody.file('root.key')]);
    for (let count = 0; count < 3; count++) await aConnection(custody, vault);
  });
  afterEach(() => custody.close());

  /** What a command shows on the line that changes. */
  async function shownBy(command: Command): Promise<string[]> {
    const shown: string[] = [];
    const root = `file:${join(custody.directory, 'root.key')}`;
    const terminal = {
      env: { DATABASE_URL: custody.databaseUrl, PORTCULLIS_ROOT_KEYS: root },
      out() {},
      err() {},
      progress: (line: string) => void shown.push(line),
    };
    assert.equal(await command.run({ parameters: {}, options: {}, settings: {}, terminal }), 0);
    return shown;
  }

  for (const command of [keysRotate, keysVerify]) {
    it(`${command.name} shows how far it is, and leaves nothing of that behind`, async () => {
      assert.deepEqual((await shownBy(command)).slice(-2), ['[####################] 6 of 6 values', '']);
    });
  }
});
