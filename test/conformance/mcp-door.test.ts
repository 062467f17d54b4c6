import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { freePort } from '../e2e/free-port.ts';
import { mcpClient, oauthBrowser, sessionFrom } from '../mcp/mcp-sign-in.ts';
import { until } from '../until.ts';
import { startBearerShim } from './bearer-shim.ts';
import { runSuite } from './suite.ts';

/** The door has Notion's tools, too, and nothing of what the suite would like to try on others. */
const baseline = fileURLToPath(new URL('./emulator-server.yml', import.meta.url));

describe('the MCP door passes the conformance suite', () => {
  let demo: DemoInProcess;
  let shim: Awaited<ReturnType<typeof startBearerShim>>;
  let results: string;
  before(async () => {
    demo = await startDemoInProcess();
    shim = await startBearerShim(demo.ready.url, demo.ready.keys.admin);
    results = await mkdtemp(join(tmpdir(), 'conformance-'));
  });
  after(async () => {
    await shim.close();
    await demo.stop();
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

  it('and so does its authorization server', async () => {
    const port = await freePort();
    const client = mcpClient(demo.ready.url, `http://127.0.0.1:${port}/callback`);
    const { client_id: clientId } = (await (await client.register()).json()) as { client_id: string };
    const session = await sessionFrom(demo.ready.signInUrl);
    let consenting = false;
    const { code, output } = await runSuite(
      [
        ...['authorization', '--url', demo.ready.url, '--client-id', clientId],
        ...['--resource', `${demo.ready.url}/mcp`, '--port', String(port)],
        ...['--spec-version', '2026-07-28', '-o', join(results, 'authorization')],
      ],
      printed => {
        const address = /https?:\/\/\S+\/authorize\?\S+(?=\s)/.exec(printed)?.[0];
        if (address === undefined || consenting) return;
        consenting = true;
        void consent(session, new URL(address));
      },
    );
    assert.equal(code, 0, output.slice(-3000));
    assert.match(output, /authorization-code-grant/);
  });
});

/** What a person's browser does: allows, and follows the redirect to the client, which may not listen yet. */
async function consent(session: string, address: URL): Promise<void> {
  const browser = oauthBrowser(session);
  const { at, response } = await browser.reach(address);
  const callback = await browser.answer({ at, text: await response.text() });
  await until('the client to listen', () =>
    fetch(callback).then(
      () => true,
      () => false,
    ),
  );
}
