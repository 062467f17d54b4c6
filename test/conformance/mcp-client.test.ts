import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const suite = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
);
const driver = fileURLToPath(new URL('mcp-client-driver.ts', import.meta.url));

describe('the conformance suite of MCP, client side', () => {
  for (const revision of ['2025-11-25', '2026-07-28']) {
    it(`passes what revision ${revision} requires`, { timeout: 240_000 }, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'portcullis-conformance-'));
      const command = `${process.execPath} ${driver}`;
      const { code, output } = await run(['client', '--command', command, '--requirements', revision, '-o', directory]);
      await rm(directory, { recursive: true });
      const summary = output.split('=== SUITE SUMMARY ===')[1] ?? output;
      assert.equal(code, 0, summary);
      assert.match(summary, /✓ auth\/pre-registration/);
    });
  }
});

/** The suite exits with 0 when all that is required has passed, whatever becomes of the extensions that it also runs. */
function run(parameters: string[]): Promise<{ code: unknown; output: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [suite, ...parameters], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}
