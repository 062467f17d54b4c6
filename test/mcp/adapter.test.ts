import assert from 'node:assert/strict';
import { createServer, request as requestOver } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  gateAt,
  NotionMcpAdapter,
  type PageOutcome,
  type PageWithContent,
  pagesWithContent,
} from '../../src/mcp-adapter/mcp.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

describe('the adapter of the second source system, on the gate', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  const as = (key: string, url = demo.ready.url) => new NotionMcpAdapter(gateAt({ url, key }));
  async function everyPage(key: string): Promise<PageWithContent[]> {
    const pages: PageWithContent[] = [];
    for await (const page of pagesWithContent(gateAt({ url: demo.ready.url, key }))) pages.push(page);
    return pages;
  }
  const admin = () => as(demo.ready.keys.admin);
  function made(outcome: PageOutcome): string {
    assert.equal(outcome.status, 'success', JSON.stringify(outcome));
    return outcome.status === 'success' ? outcome.page_id : '';
  }
  const textOf = async (id: string) => {
    const found = await admin().fetch(id);
    assert.equal(found.status, 'success');
    return found.status === 'success' ? String(found.data.text) : '';
  };

  it('creates, updates, appends, finds and deletes, with the keys of its ancestor', async () => {
    const parentPageId = demo.ready.pages.public;
    const created = await admin().create({ title: 'By the adapter', content: 'first', parentPageId });
    const id = made(created);
    assert.deepEqual(Object.keys(created).sort(), ['message', 'page_id', 'status', 'title', 'url']);
    assert.equal('message' in created && created.message, "Created Notion page 'By the adapter'");
    made(await admin().update(id, { title: 'Renamed' }));
    const appended = await admin().append(id, 'second');
    made(appended);
    assert.ok('appended_block_ids' in appended && appended.appended_block_ids?.length === 1);
    const text = await textOf(id);
    assert.match(text, /first[\s\S]*second/);
    const found = await admin().search('Renamed');
    assert.ok(JSON.stringify(found).includes(id));
    made(await admin().delete(id));
  });

  it('C7: append never replaces', async () => {
    const id = made(
      await admin().create({ title: 'Kept', content: 'old words', parentPageId: demo.ready.pages.public }),
    );
    made(await admin().append(id, 'new words'));
    assert.match(await textOf(id), /old words[\s\S]*new words/);
  });

  it('says what the gate refuses as what it is', async () => {
    const viewer = as(demo.ready.keys.viewer);
    const refused = await viewer.create({ title: 'x', parentPageId: demo.ready.pages.public });
    assert.equal(refused.status, 'forbidden');
    assert.equal((await viewer.fetch('99999999-9999-4999-8999-999999999999')).status, 'not_found');
    assert.equal((await as('pcl_nonsense').health()).status, 'forbidden');
  });

  it('C12: tells by caller and state whether the hosted server serves it', async () => {
    assert.equal(await admin().hasMcpConnection(), false);
    assert.equal((await admin().health()).status, 'success');
  });

  it('lists pages with their content', async () => {
    const pages = await everyPage(demo.ready.keys.viewer);
    assert.ok(pages.length > 0);
    assert.ok(pages.some(({ content }) => content.length > 0));
    assert.ok(!pages.some(page => page.page_id === demo.ready.pages.restricted));
  });

  it('writes nothing twice where answers get lost, and calls nothing a success that it does not know to be one', async () => {
    const { url } = demo.ready;
    let lose = 0;
    const lossy = createServer((incoming, outgoing) => {
      const target = new URL(url);
      const fate = incoming.url === '/mcp' ? lose++ % 3 : 0;
      if (fate === 2) return void incoming.socket.destroy();
      const { headers, method = 'POST', url: path = '' } = incoming;
      const given = {
        host: target.hostname,
        port: target.port,
        path,
        method,
        headers: { ...headers, host: target.host },
      };
      const onward = requestOver(given, answer => {
        if (fate === 1) {
          answer.resume().once('end', () => incoming.socket.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    await new Promise<void>(resolve => lossy.listen(0, '127.0.0.1', resolve));
    const through = as(demo.ready.keys.admin, `http://127.0.0.1:${(lossy.address() as AddressInfo).port}`);
    const outcomes = new Map<string, PageOutcome>();
    for (let count = 0; count < 30; count++) {
      const title = `faulty ${count} end`;
      outcomes.set(title, await through.create({ title, parentPageId: demo.ready.pages.public }));
    }
    lossy.closeAllConnections();
    lossy.close();
    const pages = await everyPage(demo.ready.keys.admin);
    for (const [title, outcome] of outcomes) {
      const count = pages.filter(page => page.title === title).length;
      if (outcome.status === 'success') assert.equal(count, 1, title);
      else assert.ok(outcome.status === 'unknown' && count <= 1, `${title}: ${outcome.status}, ${count}`);
    }
    assert.ok([...outcomes.values()].some(({ status }) => status === 'unknown'));
  });
});
