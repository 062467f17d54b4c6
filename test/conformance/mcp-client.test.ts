import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runSuite } from './suite.ts';

const driver = fileURLToPath(new URL('mcp-client-driver.ts', import.meta.url));
const revisions = ['2025-11-25', '2026-07-28'] as const;

/**
 * Scenarios for clients that do not apply to us, and why. All other scenarios of the suite are run and have to pass.
 */
const inapplicable: Readonly<Record<string, string>> = {
  'auth/2025-03-26-oauth-metadata-backcompat': 'revision 2025-03-26: a server without RFC 9728 metadata is refused',
  'auth/2025-03-26-oauth-endpoint-fallback': 'revision 2025-03-26: endpoints are never guessed',
  'auth/client-credentials-jwt': 'an extension: a person consents to each connection',
  'auth/client-credentials-basic': 'an extension: a person consents to each connection',
  'auth/enterprise-managed-authorization': 'an extension: no identity provider vouches for people at Notion',
  'auth/dpop': 'an extension: Notion issues bearer tokens',
  'auth/dpop-nonce': 'an extension: Notion issues bearer tokens',
  'auth/wif-jwt-bearer': 'an extension: a person consents to each connection',
  'sep-2640-client-no-prefetch': 'an extension: connecting reads no skills',
  'sep-2640-client-verify-digest': 'an extension: connecting reads no skills',
  'sep-2640-client-verify-size': 'an extension: connecting reads no skills',
  'sep-2640-client-verify-frontmatter': 'an extension: connecting reads no skills',
};

describe('the conformance suite of MCP, client side', () => {
  it('has no scenario that is neither run nor ruled out here', async () => {
    const every = await scenarios([]);
    const run = (await Promise.all(revisions.map(revision => scenarios(['--requirements', revision])))).flat();
    assert.ok(run.length > 40);
    assert.deepEqual(
      every.filter(name => !run.includes(name)).sort(),
      Object.keys(inapplicable).concat(afterRelease).sort(),
    );
  });

  for (const revision of revisions) {
    it(`passes all of revision ${revision}`, { timeout: 300_000 }, async () => {
      const required = await scenarios(['--requirements', revision]);
      const directory = await mkdtemp(join(tmpdir(), 'portcullis-conformance-'));
      const command = `${process.execPath} ${driver}`;
      const { code, output } = await runSuite([
        ...['client', '--command', command, '--requirements', revision],
        // All scenarios run at once, on however few cores there are.
        ...['--timeout', '120000', '-o', directory],
      ]);
      await rm(directory, { recursive: true });
      const summary = output.split('=== SUITE SUMMARY ===')[1] ?? '';
      assert.equal(code, 0, summary || output);
      // A client that hangs does not do what it must not do, either.
      assert.doesNotMatch(output, /Client timed out/);
      const [passed, failed] = ['✓', '✗'].map(mark => marked(summary, mark));
      assert.deepEqual(passed?.sort(), [...required, ...afterRelease].sort());
      assert.deepEqual(
        failed?.filter(name => !Object.hasOwn(inapplicable, name)),
        [],
      );
    });
  }
});

/** Came into the suite after both revisions, which run it without asking for it. */
const afterRelease = ['json-schema-2020-12-preservation'];

async function scenarios(filter: readonly string[]): Promise<string[]> {
  const { code, output } = await runSuite(['list', '--client', ...filter]);
  assert.equal(code, 0, output);
  const [, clients = ''] = output.split('Client scenarios');
  const [listed = ''] = clients.split(/\n\n/);
  return [...listed.matchAll(/^ {2}- (\S+)/gm)].map(([, name = '']) => name);
}

function marked(summary: string, mark: string): string[] {
  return [...summary.matchAll(new RegExp(`^${mark} (\\S+):`, 'gm'))].map(([, name = '']) => name);
}
