/** The bounds of the access report, on a workspace that is larger than they are. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { portcullisHere } from '../cli/run.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

const hostile = '=HYPERLINK("https://evil.example")\u001b]0;owned\u0007\u009b31m\u202egnp.exe';
const pagesMade = 230;

interface Part {
  readonly items: { id: string; title: string }[];
  readonly stopped: string;
  readonly nextCursor: string | null;
}

describe('the access report on a large workspace', () => {
  let demo: DemoInProcess;
  let whole: string[];
  before(async () => {
    demo = await startDemoInProcess();
    await createPage([hostile]);
    await createPage(Array(50).fill('W'.repeat(2_000)));
    for (let at = 2; at < pagesMade; at++) await createPage([`Page ${at}`]);
    whole = (await parts()).flatMap(({ items }) => items.map(({ id }) => id));
  });
  after(() => demo.stop());

  async function createPage(texts: readonly string[]): Promise<void> {
    const answer = await fetch(`${demo.ready.url}/v1/pages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${demo.ready.keys.editor}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        parent: { page_id: demo.ready.pages.public },
        properties: { title: { title: texts.map(content => ({ text: { content } })) } },
      }),
    });
    assert.equal(answer.status, 200);
  }

  async function part(cursor: string | null = null): Promise<Part> {
    const query = cursor === null ? 'limit=100' : `limit=100&cursor=${cursor}`;
    const answer = await fetch(`${demo.ready.url}/api/workspaces/${demo.ready.workspaceId}/report/access?${query}`, {
      headers: { authorization: `Bearer ${demo.ready.keys.admin}` },
    });
    assert.equal(answer.status, 200);
    return (await answer.json()) as Part;
  }

  async function parts(from: string | null = null): Promise<Part[]> {
    const found = [await part(from)];
    for (let last = found[0]; last?.nextCursor != null; last = found.at(-1)) found.push(await part(last.nextCursor));
    return found;
  }

  const run = (...words: string[]) =>
    portcullisHere(['report', 'access', ...words], {
      PORTCULLIS_URL: demo.ready.url,
      PORTCULLIS_KEY: demo.ready.keys.admin,
    });

  it('brings a hundred objects at a time, every object once', async () => {
    const found = await parts();
    assert.deepEqual(
      found.map(({ items, stopped }) => [items.length, stopped]).slice(0, -1),
      found.slice(1).map(() => [100, 'limit']),
    );
    assert.equal(found.at(-1)?.stopped, 'complete');
    assert.equal(new Set(whole).size, whole.length);
    assert.ok(whole.length > pagesMade);
  });

  it('cuts titles of a hundred kilobytes', async () => {
    const longest = Math.max(...(await parts()).flatMap(({ items }) => items.map(({ title }) => title.length)));
    assert.equal(longest, 301);
  });

  it('stops at the rate limit with what it has, and goes on from there with nothing lost or twice', async () => {
    const first = await part();
    await demo.emulator.addFault({ kind: 'respond', path: '/v1/search', status: 429, retryAfterSeconds: 1, times: 5 });
    const limited = await part(first.nextCursor);
    assert.deepEqual([limited.stopped, limited.items], ['rate_limited', []]);
    await demo.emulator.clearFaults();
    const rest = await parts(limited.nextCursor);
    assert.deepEqual(
      [first, ...rest].flatMap(({ items }) => items.map(({ id }) => id)),
      whole,
    );
  });

  it('goes on where objects have vanished in between', async () => {
    const first = await part();
    const gone = whole[150] ?? assert.fail();
    await demo.emulator.setTrash({ pageId: gone, inTrash: true });
    const found = [first, ...(await parts(first.nextCursor))].flatMap(({ items }) => items.map(({ id }) => id));
    await demo.emulator.setTrash({ pageId: gone, inTrash: false });
    assert.deepEqual(
      found,
      whole.filter(id => id !== gone),
    );
  });

  it('ends where the connection has lost everything in between', async () => {
    const first = await part();
    await demo.emulator.unshare({ pageId: demo.ready.pages.root });
    const { items, nextCursor } = await part(first.nextCursor);
    await demo.emulator.share({ pageId: demo.ready.pages.root });
    assert.deepEqual([items, nextCursor], [[], null]);
  });

  it('is printed in parts that another run goes on with, and hands a terminal nothing to obey', async () => {
    const first = await run('--format', 'csv', '--limit', '150');
    const [, cursor = ''] = /--from (\S+)/.exec(first.err) ?? [];
    const rest = await run('--format', 'csv', '--from', cursor);
    const idsIn = (csv: string) =>
      csv
        .trim()
        .split('\n')
        .slice(1)
        .map(row => row.split(',')[1]);
    assert.deepEqual([...idsIn(first.out), ...idsIn(rest.out)], whole);
    const table = await run();
    for (const text of [first.out, rest.out, table.out]) {
      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
    }
    assert.match(first.out + rest.out, /"'=HYPERLINK\(""https/);
  });

  it('says at a rate limit how to go on', async () => {
    await demo.emulator.addFault({ kind: 'respond', path: '/v1/search', status: 429, retryAfterSeconds: 1, times: 5 });
    const limited = await run('--format', 'csv');
    await demo.emulator.clearFaults();
    assert.equal(limited.code, 7);
    assert.match(limited.err, /^error: Notion's rate limit is reached .*\n.*go on with --from \S+$/m);
  });
});
