import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmulator } from '../server.ts';
import { authorizeMcp } from './authorized.ts';

const inspector = fileURLToPath(new URL('../../node_modules/.bin/mcp-inspector', import.meta.url));

describe('the MCP inspector', () => {
  it('calls a tool of the emulated hosted server', async () => {
    const emulator = await startEmulator();
    const { tokens } = await authorizeMcp(emulator);
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[inspector, '--cli', emulator.mcpUrl, '--transport', 'http'],
      ...['--header', `Authorization: Bearer ${tokens.access_token}`],
      ...['--method', 'tools/call', '--tool-name', 'notion-fetch', '--tool-arg', `id=${emulator.pages.public}`],
    ]);
    const { content } = JSON.parse(stdout) as { content: { text: string }[] };
    assert.equal(JSON.parse(content[0]?.text ?? '').title, 'Public');
    await emulator.close();
  });
});
