import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { readChallenge } from '../../src/connect/mcp/challenge.ts';
import { discover } from '../../src/connect/mcp/discover.ts';
import { scopeFor } from '../../src/connect/mcp/scopes.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { createSafeFetch } from '../../src/net/safe-fetch/safe-fetch.ts';
import { type LyingMcp, startLyingMcp } from './lying-mcp.ts';

describe('scopes', () => {
  const { fetch, close } = createSafeFetch({ allowLoopbackHttp: true, timeoutMs: minuteMs });
  let server: LyingMcp;
  beforeEach(async () => {
    server = await startLyingMcp();
  });
  afterEach(() => server.close());
  after(close);

  const scopes = async (header: string, changes: object = {}) => {
    server.describeResource({ scopes_supported: ['offered', 'a"b', 'a b', 'ü', '\u0000', ''], ...changes });
    return scopeFor({ ...(await discover(fetch, server.mcpUrl, null)), challenge: readChallenge(header) }, null);
  };

  it('are those of the challenge, else those that are offered, else none', async () => {
    assert.equal(await scopes('Bearer scope="a b"'), 'a b');
    for (const silent of ['Bearer', 'Bearer scope=""', 'Basic scope="a"'])
      assert.equal(await scopes(silent), 'offered');
    assert.equal(await scopes('Bearer', { scopes_supported: undefined }), null);
    assert.equal(await scopes('Bearer', { scopes_supported: [] }), null);
  });

  it('are not asked for where they are none', async () => {
    assert.equal(await scopes('Bearer scope="a \\"x\\" b  c"'), 'a b c');
  });

  it('are never so many, nor so long, that no browser could be sent along with them', async () => {
    const offered = Array.from({ length: 5_000 }, (_, at) => `scope-${at}`);
    const asked = await scopes('Bearer', { scopes_supported: [...offered, 'x'.repeat(5_000)] });
    assert.ok(asked?.endsWith(' scope-4998 scope-4999') && asked.length < 6_000, `${asked?.length}`);
  });

  it('have offline_access among them where the server lists it', async () => {
    server.describeServer({ scopes_supported: ['offline_access'] });
    assert.equal(await scopes('Bearer scope="a"'), 'a offline_access');
    assert.equal(await scopes('Bearer', { scopes_supported: undefined }), null);
  });
});
