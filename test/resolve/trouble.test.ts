import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Indexed, openIndexed, text, titled } from './indexed.ts';

/** An object that does not exist anywhere. */
const missing = '0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f';

/**
 * The answers for a caller whose access depends on pages, while Notion does not answer. A caller who waits for such a
 * moment must not learn more than otherwise: for example, whether an object exists that they may not read.
 */
describe('rule 12: trouble at Notion', () => {
  let gate: Indexed;
  /** Pages by what this gate knows of them. */
  let inside: string;
  let hidden: string;
  let insideAfresh: string;
  let hiddenAfresh: string;
  before(async () => {
    gate = await openIndexed();
  });
  after(() => gate.close());
  beforeEach(async () => {
    await gate.control.clearFaults();
    const { public: open, restricted } = gate.ready.pages;
    [inside, hidden] = [await aPage(open), await aPage(restricted)];
    assert.equal((await read(inside)).status, 200);
    assert.equal((await read(hidden)).status, 404);
    [insideAfresh, hiddenAfresh] = [await aPage(open), await aPage(restricted)];
    // That something was looked for a moment ago is forgotten, and where it stands is still known.
    await gate.pass(6_000);
    await gate.asked();
  });

  async function aPage(parent: string): Promise<string> {
    return (await gate.direct.pages.create({ parent: { page_id: parent }, properties: titled('A page') })).id;
  }

  async function send(method: string, path: string, body?: object) {
    const response = await fetch(`${gate.url}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${gate.ready.keys.agent}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const named = path.match(/[0-9a-f-]{36}/)?.[0] ?? '';
    const answer = (await response.text()).replaceAll(named, 'ID').replace(/"request_id":"[^"]*"/, '');
    return { status: response.status, headers: [...response.headers.keys()].toSorted(), answer };
  }
  const read = (page: string) => send('GET', `pages/${page}`);

  async function tellsNothing(): Promise<{ readonly status: number; readonly answer: string }> {
    const first = await read(missing);
    assert.ok(first.status >= 500 || first.status === 429, first.answer);
    for (const page of [hidden, hiddenAfresh, insideAfresh, hidden, missing]) assert.deepEqual(await read(page), first);
    const block = await send('GET', `blocks/${missing}/children`);
    for (const page of [hidden, hiddenAfresh]) assert.deepEqual(await send('GET', `blocks/${page}/children`), block);
    const write = await send('PATCH', `pages/${missing}`, { in_trash: true });
    for (const page of [hidden, hiddenAfresh]) {
      assert.deepEqual(await send('PATCH', `pages/${page}`, { in_trash: true }), write);
    }
    return first;
  }

  it('is reported for every object, and is about the connection only', async () => {
    await gate.control.addFault({ kind: 'respond', status: 503, times: 1_000 });
    const { status, answer } = await tellsNothing();
    assert.equal(status, 502);
    assert.match(answer, /Notion could not be reached. Repeat the call later/);
    assert.ok([502, 503].includes((await read(inside)).status), 'what is known to be inside as well');
    await gate.control.clearFaults();
    await gate.pass(6_000);
    assert.equal((await read(inside)).status, 200);
    assert.equal((await read(insideAfresh)).status, 200);
    assert.deepEqual(await read(hidden), await read(missing));
    assert.equal((await read(hidden)).status, 404);
  });

  it('that lasts a moment is none', async () => {
    await gate.control.addFault({ kind: 'respond', status: 503, times: 1 });
    assert.equal((await read(hidden)).status, 502);
    assert.equal((await read(hidden)).status, 404);
    await gate.control.addFault({ kind: 'respond', status: 503, times: 1 });
    assert.equal((await read(missing)).status, 502);
    assert.equal((await read(missing)).status, 404);
  });

  it('costs as many calls for what is hidden as for what is missing', async () => {
    const cost = async (method: string, path: (id: string) => string, id: string, body?: object) => {
      await gate.pass(6_000);
      await gate.asked();
      assert.equal((await send(method, path(id), body)).status, 404);
      return (await gate.asked()).length;
    };
    const block = (
      await gate.direct.blocks.children.append({
        block_id: hidden,
        children: [{ type: 'paragraph', paragraph: { rich_text: text('A block') } }],
      })
    ).results[0]?.id;
    assert.equal((await send('GET', `blocks/${block}`)).status, 404);
    for (const [path, id] of [
      [(id: string) => `pages/${id}`, hidden],
      [(id: string) => `pages/${id}/markdown`, hidden],
      [(id: string) => `blocks/${id}/children`, hidden],
      [(id: string) => `blocks/${id}`, block ?? ''],
      [(id: string) => `comments?block_id=${id}`, block ?? ''],
    ] as const) {
      const [forMissing, forHidden] = [await cost('GET', path, missing), await cost('GET', path, id)];
      assert.equal(forHidden, forMissing, path('ID'));
      assert.ok(forHidden > 0, 'otherwise nobody would know that there is trouble');
      assert.equal((await send('GET', path(id))).status, 404);
      assert.deepEqual(await gate.asked(), [], 'the second time none');
    }
  });

  it('of its limits is told as such', async () => {
    await gate.control.addFault({ kind: 'respond', status: 429, times: 1_000 });
    const first = await read(missing);
    assert.equal(first.status, 429, first.answer);
    assert.deepEqual(await read(hidden), first);
  });

  it('of a token that is dead says that the workspace must be reconnected', async () => {
    for (const { botId } of await gate.control.installations()) await gate.control.revoke({ botId });
    // Between the first call that fails and the moment in which the connection is known to be broken, and after it.
    for (const page of [missing, hidden, hiddenAfresh, insideAfresh, inside, missing, hidden]) {
      const { status, answer } = await read(page);
      assert.equal(status, 503, answer);
      assert.match(answer, /reconnect the workspace/);
    }
    assert.deepEqual(await read(hidden), await read(missing));
  });
});
