import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

type KeyName = 'admin' | 'editor' | 'viewer' | 'agent';

interface Listed {
  readonly path: readonly { readonly title: string | null }[];
  readonly pages: readonly {
    readonly id: string;
    readonly title: string;
    readonly effect: string;
    readonly because: string;
    readonly grants: readonly string[];
    readonly actions: readonly string[];
  }[];
  readonly total: number | null;
}

describe('the pages of a workspace, with what somebody may do on each', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
    const { url, keys, pages } = demo.ready;
    const children = (id: string) =>
      fetch(`${url}/v1/blocks/${id}/children`, { headers: { authorization: `Bearer ${keys.admin}` } });
    await fetch(`${url}/v1/pages/${pages.root}`, { headers: { authorization: `Bearer ${keys.admin}` } });
    for (const id of [pages.root, pages.public, pages.restricted]) assert.equal((await children(id)).status, 200);
  });
  after(() => demo.stop());

  async function below(as: KeyName, query: Record<string, string> = {}): Promise<{ status: number; json: Listed }> {
    const { url, keys, workspaceId } = demo.ready;
    const path = `/api/workspaces/${workspaceId}/pages?${new URLSearchParams(query)}`;
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${keys[as]}` } });
    return { status: response.status, json: (await response.json()) as Listed };
  }
  const idOf = async (name: string): Promise<string> => {
    const { url, keys, workspaceId } = demo.ready;
    const response = await fetch(`${url}/api/workspaces/${workspaceId}/members`, {
      headers: { authorization: `Bearer ${keys.admin}` },
    });
    const { members } = (await response.json()) as { members: { principalId: string; name: string }[] };
    return members.find(member => member.name === name)?.principalId ?? assert.fail(name);
  };

  it('shows the tree from the top, with titles and the reader’s own access', async () => {
    const top = await below('admin');
    assert.deepEqual(
      top.json.pages.map(({ title }) => title),
      ['Acme Home'],
    );
    const inside = await below('admin', { parent: demo.ready.pages.root });
    assert.deepEqual(
      inside.json.pages.map(({ title }) => title),
      ['Public', 'Restricted'],
    );
    assert.equal(inside.json.path[0]?.title, 'Acme Home');
    assert.equal(inside.json.total, 2);
  });

  it('shows an admin what somebody else may do, and the grant that decides', async () => {
    const viewer = await below('admin', { parent: demo.ready.pages.root, principal: await idOf('demo-viewer') });
    const [open, restricted] = viewer.json.pages;
    assert.deepEqual([open?.effect, open?.because], ['allow', 'role']);
    assert.deepEqual([restricted?.effect, restricted?.because], ['deny', 'denied_by_grant']);
    assert.equal(restricted?.grants.length, 1);
    const scout = await below('admin', { parent: demo.ready.pages.root, principal: await idOf('Scout') });
    assert.deepEqual(
      scout.json.pages.map(({ effect, because }) => [effect, because]),
      [
        ['allow', 'grant'],
        ['deny', 'role_lacks_action'],
      ],
    );
  });

  it('rule 19: shows nobody a page that they may not read, nor how many there are, nor the access of others', async () => {
    const viewer = await below('viewer', { parent: demo.ready.pages.root });
    assert.deepEqual(
      viewer.json.pages.map(({ title }) => title),
      ['Public'],
    );
    assert.equal(viewer.json.total, null);
    assert.equal((await below('viewer', { parent: demo.ready.pages.restricted })).status, 404);
    assert.equal((await below('viewer', { principal: await idOf('Scout') })).status, 403);
    const scout = await below('agent', { parent: demo.ready.pages.public });
    assert.ok(scout.json.pages.length > 0);
    // What the open page stands in is hidden from Scout, and only that there is something shows.
    assert.deepEqual(
      scout.json.path.map(({ title }) => title),
      ['Public', null],
    );
    assert.doesNotMatch(JSON.stringify(scout.json), new RegExp(`Acme Home|${demo.ready.pages.root}`));
    assert.equal((await below('agent', { parent: demo.ready.pages.restricted })).status, 404);
  });
});
