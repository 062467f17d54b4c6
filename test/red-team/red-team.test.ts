import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { type Attempt, namedOutside, readInside, referencedOutside } from './attempts.ts';
import { canary, type Planted, plant } from './plant.ts';

interface Answered {
  readonly status: number;
  readonly headers: readonly string[];
  readonly text: string;
}

/** An object that does not exist anywhere. */
const missing = '0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f';

describe('the red team: an agent that may read one subtree', () => {
  let demo: DemoInProcess;
  let planted: Planted;

  before(async () => {
    demo = await startDemoInProcess();
    planted = await plant(demo.ready);
  });
  after(() => demo.stop());

  /** Puts ids in the place of their names; `outside` overrides those of what lies outside. */
  function filled<T>(template: T, outside: string | null = null): T {
    const text = JSON.stringify(template).replace(/\{((?:in|out)\.\w+)\}/g, (_, key: string) => {
      const id = planted.get(key) ?? assert.fail(key);
      if (outside === null || key.startsWith('in.')) return id;
      return key.endsWith('Digits') ? outside.replaceAll('-', '') : outside;
    });
    return JSON.parse(text) as T;
  }

  async function send({ method, path, body }: Attempt): Promise<Answered> {
    const response = await fetch(demo.ready.url + path, {
      method,
      headers: { authorization: `Bearer ${demo.ready.keys.agent}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const headers = [...response.headers.keys()].sort();
    return { status: response.status, headers, text: await response.text() };
  }

  /** What an answer shows of the outside, but for the ids that the attempt itself named. */
  function leaks({ text }: Answered, attempt: Attempt): string[] {
    const named = JSON.stringify(attempt);
    const found: string[] = [];
    if (text.toLowerCase().replaceAll(named.toLowerCase(), '').includes(canary) && !named.includes(canary))
      found.push(canary);
    for (const [key, id] of planted) {
      if (!key.startsWith('out.') || named.includes(id)) continue;
      if (text.includes(id) || text.includes(id.replaceAll('-', ''))) found.push(key);
    }
    return found;
  }

  const title = ({ method, path, body }: Attempt) =>
    `${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body).slice(0, 90)}`}`;

  for (const template of [...namedOutside, ...referencedOutside]) {
    it(`hears of what is outside what it hears of what does not exist: ${title(template)}`, async () => {
      const attempt = filled(template);
      const answer = await send(attempt);
      assert.ok(answer.status >= 400, `${answer.status} ${answer.text}`);
      assert.deepEqual(leaks(answer, attempt), [], answer.text);
      const control = filled(template, missing);
      const absent = await send(control);
      assert.deepEqual(comparable(answer, attempt), comparable(absent, control));
    });
  }

  for (const template of readInside) {
    it(`shows nothing of the outside: ${title(template)}`, async () => {
      const attempt = filled(template);
      const answer = await send(attempt);
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
      assert.deepEqual(leaks(answer, attempt), [], answer.text);
    });
  }

  it('reads what is inside, so that the walls above are walls and not a dead key', async () => {
    for (const path of ['/v1/pages/{in.page}', '/v1/blocks/{in.page}/children', '/v1/pages/{in.row}']) {
      const answer = await send(filled({ method: 'GET' as const, path }));
      assert.equal(answer.status, 200, `${path}: ${answer.text}`);
      assert.match(answer.text, /open/i);
    }
  });

  it('leaves nothing outside changed', async () => {
    const response = await fetch(`${demo.ready.url}/v1/pages/${planted.get('out.page')}`, {
      headers: { authorization: `Bearer ${demo.ready.keys.admin}` },
    });
    assert.match(await response.text(), new RegExp(`${canary} page`));
  });

  /** Everything but the ids, which the caller named, and the id of the request. */
  function comparable({ status, headers, text }: Answered, attempt: Attempt) {
    const ids =
      JSON.stringify(attempt).match(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g) ?? [];
    let body = text.replace(/"request_id":"[^"]*"/, '"request_id":""');
    for (const id of ids) body = body.replaceAll(id, 'ID').replaceAll(id.replaceAll('-', ''), 'ID');
    return { status, headers, body };
  }
});
