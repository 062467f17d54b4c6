import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { authorizeMcp } from '../../emulator/mcp/authorized.ts';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import { startBearerShim } from './bearer-shim.ts';
import { runSuite } from './suite.ts';

const baseline = fileURLToPath(new URL('./emulator-server.yml', import.meta.url));

describe('the hosted MCP server of the emulator passes the conformance suite', () => {
  let emulator: Emulator;
  let shim: Awaited<ReturnType<typeof startBearerShim>>;
  let results: string;
  before(async () => {
    emulator = await startEmulator();
    const { tokens } = await authorizeMcp(emulator);
    shim = await startBearerShim(emulator.url, tokens.access_token);
    results = await mkdtemp(join(tmpdir(), 'conformance-'));
  });
  after(async () => {
    await shim.close();
    await emulator.close();
    await rm(results, { recursive: true });
  });

  for (const revision of ['2025-11-25', '2026-07-28']) {
    it(`as revision ${revision} requires it`, async () => {
      const { code, output } = await runSuite([
        ...['server', '--url', `${shim.url}/mcp`, '--requirements', revision],
        ...['--expected-failures', baseline, '-o', join(results, revision)],
      ]);
      assert.equal(code, 0, output.slice(-3000));
    });
  }

  it('header by header', async () => {
    const { code, output } = await runSuite([
      ...['server', '--url', `${shim.url}/mcp`, '--scenario', 'http-header-validation'],
      ...['--spec-version', '2026-07-28', '-o', join(results, 'headers')],
    ]);
    assert.equal(code, 0, output.slice(-3000));
  });
});
