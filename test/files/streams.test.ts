import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Agent, fetch } from 'undici';
import { until } from '../until.ts';
import { type GateWithFiles, openGateWithFiles } from './gate-with-files.ts';

interface Entry {
  readonly operation: string;
  readonly id: string;
  readonly requestId: string;
  readonly detail?: { readonly intent: string; readonly complete: boolean; readonly because: string | null };
}

/** More than the buffers between a server and a client that does not read. */
const large = Buffer.alloc(15 * 1024 * 1024, 'x');

describe('a download', () => {
  let gate: GateWithFiles;
  let blockId: string;
  before(async () => {
    gate = await openGateWithFiles();
    const notion = gate.as('editor');
    const id = await gate.upload(notion, 'large.bin', 'application/octet-stream', large);
    const { results } = await notion.blocks.children.append({
      block_id: gate.demo.ready.pages.public,
      children: [{ type: 'file', file: { type: 'file_upload', file_upload: { id } } }],
    });
    blockId = results[0]?.id ?? '';
  });
  const agents: Agent[] = [];
  after(async () => {
    await Promise.all(agents.map(agent => agent.destroy()));
    await gate.close();
  });

  const entries = async (operation: string) =>
    (await gate.admin<{ entries: Entry[] }>('GET', `/api/audit?workspace=${gate.workspaceId}&operation=${operation}`))
      .entries;
  const endOf = async (intent: string) =>
    (await entries('stream.closed')).find(({ detail }) => detail?.intent === intent);

  /** A download that its client does not read, by a key of its own. */
  async function begin(signal: AbortSignal | null = null) {
    const key = await gate.mintFor('viewer');
    const read = await gate.client(key.secret).blocks.retrieve({ block_id: blockId });
    const { url } = (read as unknown as { file: { file: { url: string } } }).file.file;
    // A connection of its own: after a download that was read, the system's buffers of a connection hold the whole file.
    const dispatcher = new Agent();
    agents.push(dispatcher);
    const response = await fetch(url, { signal, dispatcher });
    assert.equal(response.status, 200);
    const [intent] = await entries('files.fetch');
    return { key, response, intent: intent?.id ?? '' };
  }

  it('that is read to its end has an entry that says so', async () => {
    const { response, intent } = await begin();
    assert.equal((await response.arrayBuffer()).byteLength, large.length);
    await until('it is closed', async () => (await endOf(intent))?.detail?.complete === true);
  });

  it('that its client leaves has an entry that says so', async () => {
    const leaving = new AbortController();
    const { intent } = await begin(leaving.signal);
    leaving.abort();
    await until('it is closed', async () => (await endOf(intent))?.detail?.complete === false);
  });

  for (const [what, end] of Object.entries({
    'its key is revoked': (id: string) =>
      gate.admin<unknown>('DELETE', `/api/workspaces/${gate.workspaceId}/keys/${id}`).catch(ignoreEmptyAnswer),
    'its member loses the role': async () => {
      const { members } = await gate.admin<{ members: { principalId: string; name: string }[] }>(
        'GET',
        `/api/workspaces/${gate.workspaceId}/members`,
      );
      const viewer = members.find(({ name }) => name === 'demo-viewer')?.principalId;
      const path = `/api/workspaces/${gate.workspaceId}/members/${viewer}`;
      await gate.admin<unknown>('PATCH', path, { role: 'guest' });
    },
  })) {
    it(`rule 10: ends when ${what}, and its entry says why`, async () => {
      const { key, response, intent } = await begin();
      await end(key.id);
      await until('it is closed', async () => (await endOf(intent)) !== undefined);
      await assert.rejects(response.arrayBuffer());
      const { detail } = (await endOf(intent)) ?? assert.fail();
      assert.deepEqual(detail, { because: 'policy_changed', complete: false, intent });
    });
  }
});

/** The answer to a `DELETE` has no body. */
function ignoreEmptyAnswer(error: unknown): void {
  if (!(error instanceof SyntaxError)) throw error;
}
