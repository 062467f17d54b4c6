import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { registerMcpClient } from '../../emulator/mcp/authorized.ts';
import { startEmulator } from '../../emulator/server.ts';
import { until } from '../until.ts';
import { runSuite } from './suite.ts';

describe('the MCP authorization server of the emulator', () => {
  it('passes the conformance suite', async () => {
    const emulator = await startEmulator();
    const results = await mkdtemp(join(tmpdir(), 'conformance-'));
    const port = await freePort();
    const clientId = await registerMcpClient(emulator, { redirect_uris: [`http://127.0.0.1:${port}/callback`] });
    let consenting = false;
    const { code, output } = await runSuite(
      [
        ...['authorization', '--url', emulator.url, '--client-id', clientId, '--resource', emulator.mcpUrl],
        ...['--port', String(port), '--spec-version', '2026-07-28', '-o', results],
      ],
      printed => {
        const address = /https?:\/\/\S+\/authorize\?\S+(?=\s)/.exec(printed)?.[0];
        if (address === undefined || consenting) return;
        consenting = true;
        void consent(address);
      },
    );
    assert.equal(code, 0, output.slice(-3000));
    assert.match(output, /authorization-code-grant/);
    await emulator.close();
    await rm(results, { recursive: true });
  });
});

/** What a person's browser does: allows, and follows the redirect to the client, which may not listen yet. */
async function consent(address: string): Promise<void> {
  const url = new URL(address);
  const form = new URLSearchParams(url.searchParams);
  form.set('decision', 'allow');
  const answer = await fetch(`${url.origin}${url.pathname}`, { method: 'POST', body: form, redirect: 'manual' });
  const callback = answer.headers.get('location') ?? assert.fail(`no redirect, but ${answer.status}`);
  await until('the client to listen', () =>
    fetch(callback).then(
      () => true,
      () => false,
    ),
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
