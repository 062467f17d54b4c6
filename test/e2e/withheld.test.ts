import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, collectPaginatedAPI, isNotionClientError } from '@notionhq/client';
import { type DemoInProcess, startDemoInProcess } from './demo-in-process.ts';

const notionVersion = '2026-03-11';

/** The whole gate: the demo's policy denies `restricted` to the viewer, and its agent's key reaches `public` alone. */
describe('answers at the REST door', () => {
  let demo: DemoInProcess;
  let direct: Client;
  let viewer: Client;
  let agent: Client;
  before(async () => {
    demo = await startDemoInProcess();
    const { url, keys } = demo.ready;
    const at = (auth: string, baseUrl: string) => new Client({ auth, baseUrl, notionVersion, retry: false });
    direct = at(demo.notion.internalToken, demo.notion.url);
    viewer = at(keys.viewer, url);
    agent = at(keys.agent, url);
  });
  after(() => demo.stop());

  async function codeOf(call: Promise<unknown>): Promise<string> {
    const error = await call.then(
      () => assert.fail('it was not refused'),
      (reason: unknown) => reason,
    );
    assert.ok(isNotionClientError(error), String(error));
    return error.code;
  }

  async function below(parent: string, title: string): Promise<string> {
    const properties = { title: { title: [{ text: { content: title } }] } };
    return (await direct.pages.create({ parent: { page_id: parent }, properties })).id;
  }

  it('list in pages of any size what may be seen, each once', async () => {
    const { public: open, restricted } = demo.ready.pages;
    const visible: string[] = [];
    for (let number = 1; number <= 4; number++) {
      visible.push(await below(open, `Quokka ${number}`));
      await below(restricted, `Quokka and zebra ${number}`);
    }
    for (const notion of [viewer, agent]) {
      for (const page_size of [1, 3, 100]) {
        const found = await collectPaginatedAPI(notion.search, { query: 'Quokka', page_size });
        assert.deepEqual(found.map(({ id }) => id).toSorted(), visible.toSorted());
        assert.doesNotMatch(JSON.stringify(found), /zebra/);
      }
    }
    const first = await viewer.search({ query: 'Quokka', page_size: 1 });
    const start_cursor = first.next_cursor ?? '';
    assert.equal((await viewer.search({ query: 'Quokka', start_cursor })).results.length, 3);
    assert.equal(await codeOf(agent.search({ query: 'Quokka', start_cursor })), 'validation_error', "another's");
    assert.equal(await codeOf(viewer.search({ query: 'zebra', start_cursor })), 'validation_error', 'another list');
    const raw = (await direct.search({ query: 'Quokka', page_size: 1 })).next_cursor ?? '';
    assert.equal(await codeOf(viewer.search({ query: 'Quokka', start_cursor: raw })), 'validation_error', "Notion's");
  });

  it('leave hidden pages out of what stands around them', async () => {
    const { root, restricted } = demo.ready.pages;
    const children = await collectPaginatedAPI(viewer.blocks.children.list, { block_id: root, page_size: 2 });
    const all = await collectPaginatedAPI(direct.blocks.children.list, { block_id: root });
    assert.deepEqual(
      children.map(({ id }) => id),
      all.map(({ id }) => id).filter(id => id !== restricted),
    );
  });

  it('rule 18: show nothing of a page that was moved behind the back of the gate', async () => {
    const { public: open, restricted } = demo.ready.pages;
    const page_id = await below(open, 'A moving zebra');
    assert.equal((await agent.pages.retrieve({ page_id })).id, page_id);
    await direct.pages.move({ page_id, parent: { type: 'page_id', page_id: restricted } });
    assert.equal(await codeOf(agent.pages.retrieve({ page_id })), 'object_not_found');
    assert.equal(await codeOf(viewer.pages.retrieve({ page_id })), 'object_not_found');
  });
});
