import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../domain/secret.ts';
import { describeDatabase } from './operator-options.ts';

describe('the name of a database', () => {
  const external = (url: string) => describeDatabase({ kind: 'external', url: new Secret(url) });

  it('says where it is, and nothing secret', () => {
    assert.equal(external('postgres://own:hunter2@db.example.com:5433/live?password=x'), 'live at db.example.com:5433');
    assert.equal(external('postgresql:///live?host=/run/postgresql'), 'live at /run/postgresql');
    assert.equal(external('postgres://db.example.com'), 'the default one at db.example.com');
    assert.equal(describeDatabase({ kind: 'embedded', dataDir: '/srv/postgres' }), 'the embedded one in /srv/postgres');
  });
});
