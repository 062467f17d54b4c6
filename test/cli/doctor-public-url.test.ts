import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { lookAtPublicUrl } from '../../src/doctor/look-at-public-url.ts';
import { type Lie, type LyingServer, startLyingServer } from '../connect/lying-server.ts';

describe('portcullis doctor, at the public URL', () => {
  let server: LyingServer;
  before(async () => {
    server = await startLyingServer();
  });
  after(() => server.close());

  async function found(answer: Lie | null, trustedProxies: string[] = ['10.0.0.7']): Promise<string> {
    if (answer === null) server.says.delete('/proxyz');
    else server.says.set('/proxyz', answer);
    const findings = await lookAtPublicUrl({ publicUrl: server.url, host: '127.0.0.1', port: 1, trustedProxies });
    return findings.map(({ state, found, todo }) => `${state}: ${found} → ${todo ?? ''}`).join('\n');
  }
  const says = (host: string, client: string) => ({ body: { host, client } });

  it('says what is missing on the way there', async () => {
    assert.match(await found(says('passed', 'forwarded')), /^ok: .* leads here/);
    assert.match(await found(says('changed', 'forwarded')), /^fail: .*hides the Host header → .*Host \$http_host/);
    assert.match(await found({ status: 421 }), /^fail: .*another name → .*Host \$http_host/);
    assert.match(await found(says('passed', 'unbelieved')), /^warn: .*not believed.* → .*PORTCULLIS_TRUSTED_PROXIES/);
    assert.match(await found(says('passed', 'unreadable')), /^warn: .*no plain address/);
    assert.match(await found(says('passed', 'direct')), /^warn: .*though PORTCULLIS_TRUSTED_PROXIES names some/);
    assert.match(await found(says('passed', 'direct'), []), /^ok:/);
  });

  it('differs from another server at that address, and from no server', async () => {
    for (const other of [null, { status: 302, headers: { location: '/' } }, { body: '<h1>' }, says('x', 'y')]) {
      assert.match(await found(other), /^warn: something else answers/);
    }
    const { port } = new URL(server.url);
    const of = { publicUrl: server.url, host: '127.0.0.1', port: Number(port), trustedProxies: [] };
    assert.deepEqual(await lookAtPublicUrl(of), [], 'without a proxy the gateway itself was looked at already');
    const [nobody] = await lookAtPublicUrl({ ...of, publicUrl: 'http://127.0.0.1:1' });
    assert.match(nobody?.found ?? '', /does not answer here \(ECONNREFUSED\)/);
  });
});
