import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { rpcTo } from '../mcp/rpc.ts';
import type { Attempt } from './attempts/attempt.ts';
import { namedOutside, readInside, referencedOutside } from './attempts/first.ts';
import { listsInside, oracles, readInsideOtherwise } from './attempts/inside.ts';
import { referencedOtherwise, spelledOtherwise } from './attempts/spellings.ts';
import { type ToolAttempt, toolsInside, toolsOutside } from './attempts/tools.ts';
import { fill, withoutNamed } from './fill.ts';
import { canary, plant } from './plant.ts';
import { keysFor } from './rows/furniture.ts';

interface Answered {
  readonly status: number;
  readonly headers: readonly string[];
  readonly text: string;
}

/** An object that does not exist anywhere. */
const missing = '0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f';

/** One who may read one subtree alone, one who may do everything there, and one who is denied another subtree. */
const attackers = [
  'an agent that may read one subtree',
  'a key of an admin, limited to one page',
  'a viewer who is denied one subtree',
] as const;

for (const attacker of attackers) {
  describe(`the red team: ${attacker}`, () => {
    let demo: DemoInProcess;
    let planted: Map<string, string>;
    let key: string;
    /** Of somebody else of the same workspace. */
    let otherKey: string;

    before(async () => {
      demo = await startDemoInProcess();
      const { keys, pages } = demo.ready;
      const objects = await plant(demo.ready);
      const keeper = (await keysFor(demo.ready, objects.get('in.page') ?? '')).keeper ?? assert.fail('no key');
      otherKey = attacker === attackers[0] ? keeper : keys.agent;
      key = { [attackers[0]]: keys.agent, [attackers[1]]: keeper, [attackers[2]]: keys.viewer }[attacker];
      planted = new Map([...objects, ['in.top', pages.public]]);
      if (attacker === attackers[1])
        planted.set('in.top', objects.get('in.page') ?? '').set('out.public', pages.public);
      // The viewer may read what is above both.
      if (attacker === attackers[2]) planted.delete('out.root');
    });
    after(() => demo.stop());

    /** Puts ids in the place of their names; `outside` overrides those of what lies outside. */
    function filled<T>(template: T, outside: string | null = null): T {
      return fill(template, name => {
        const id = planted.get(name) ?? assert.fail(name);
        return outside === null || name.startsWith('in.') ? id : outside;
      });
    }

    async function send({ method, path, body, headers: more }: Attempt, as = key): Promise<Answered> {
      const response = await fetch(demo.ready.url + path, {
        method,
        headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', ...more },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const headers = [...response.headers.keys()].sort();
      return { status: response.status, headers, text: await response.text() };
    }

    async function callTool({
      tool,
      args,
    }: ToolAttempt): Promise<{ readonly isError: boolean; readonly text: string }> {
      const { json, text } = await rpcTo(`${demo.ready.url}/mcp`, key).modern('tools/call', {
        name: tool,
        arguments: args,
      });
      return { isError: json.error !== undefined || json.result?.isError === true, text };
    }

    /** What an answer shows of the outside, but for the ids that the attempt itself named. */
    function leaks(text: string, attempt: unknown): string[] {
      const named = JSON.stringify(attempt).toLowerCase();
      const shown = text.toLowerCase();
      const found = shown.replaceAll(named, '').includes(canary) && !named.includes(canary) ? [canary] : [];
      for (const [name, id] of planted) {
        const digits = id.replaceAll('-', '');
        if (!name.startsWith('out.') || named.replaceAll('-', '').includes(digits)) continue;
        if (shown.replaceAll('-', '').includes(digits)) found.push(name);
      }
      return found;
    }

    /** Everything but the ids, which the caller named, and the id of the request. */
    function comparable<T extends { readonly text: string }>(answer: T, attempt: unknown): T {
      const text = answer.text.replace(/\\?"(?:request_id|portcullis_decision_id)\\?":\\?"[^"]*"/g, '');
      return { ...answer, text: withoutNamed(text, attempt) };
    }

    const title = ({ method, path, body, headers }: Attempt) =>
      `${method} ${path}${[body, headers].map(part => (part === undefined ? '' : ` ${JSON.stringify(part).slice(0, 90)}`)).join('')}`;

    for (const template of [...namedOutside, ...spelledOtherwise, ...referencedOutside, ...referencedOtherwise]) {
      it(`hears of what is outside what it hears of what does not exist: ${title(template)}`, async () => {
        const attempt = filled(template);
        const answer = await send(attempt);
        assert.ok(answer.status >= 400, `${answer.status} ${answer.text}`);
        assert.deepEqual(leaks(answer.text, attempt), [], answer.text);
        const control = filled(template, missing);
        assert.deepEqual(comparable(answer, attempt), comparable(await send(control), control));
      });
    }

    for (const template of [...readInside, ...readInsideOtherwise]) {
      it(`shows nothing of the outside: ${title(template)}`, async () => {
        const attempt = filled(template);
        const answer = await send(attempt);
        assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
        assert.deepEqual(leaks(answer.text, attempt), [], answer.text);
        const validators = answer.headers.filter(name => /^(?:etag|last-modified|age|content-range)$/.test(name));
        assert.deepEqual(validators, [], 'they would tell when something changed');
      });
    }

    for (const oracle of oracles) {
      it(`answers for a hidden word as for one that is nowhere: ${title(oracle('…'))}`, async () => {
        const [hidden, nowhere] = [filled(oracle(canary)), filled(oracle('qqqqq'))];
        const [found, none] = [await send(hidden), await send(nowhere)];
        assert.equal(
          found.text.replace(/"request_id":"[^"]*"/, '').replaceAll(canary, 'qqqqq'),
          none.text.replace(/"request_id":"[^"]*"/, ''),
        );
        assert.equal(found.status, none.status);
      });
    }

    for (const template of listsInside) {
      it(`shows nothing of the outside to the last page, and nobody else the next: ${title(template)}`, async () => {
        const attempt = filled(template);
        let page = await send(attempt);
        for (let pages = 1; ; pages++) {
          assert.equal(page.status, 200, page.text);
          assert.deepEqual(leaks(page.text, attempt), [], page.text);
          const { results, has_more: more, next_cursor: cursor } = JSON.parse(page.text);
          assert.ok(results.length > 0 || more === false, 'an empty page ends a list (rule 15)');
          if (more === false) break;
          const next = nextOf(attempt, cursor);
          const replayed = await send(next, otherKey);
          assert.equal(replayed.status, 400, `somebody else: ${replayed.text}`);
          page = await send(next);
          assert.ok(pages < 100);
        }
      });
    }

    for (const template of toolsOutside) {
      it(`gets nothing of the outside by a tool: ${template.tool} ${JSON.stringify(template.args).slice(0, 90)}`, async () => {
        const attempt = filled(template);
        const answer = await callTool(attempt);
        assert.ok(answer.isError, answer.text);
        assert.deepEqual(leaks(answer.text, attempt), [], answer.text);
        const control = filled(template, missing);
        assert.deepEqual(comparable(answer, attempt), comparable(await callTool(control), control));
      });
    }

    for (const template of toolsInside) {
      it(`sees nothing of the outside by a tool: ${template.tool} ${JSON.stringify(template.args)}`, async () => {
        const attempt = filled(template);
        const { text } = await callTool(attempt);
        assert.deepEqual(leaks(text, attempt), [], text);
      });
    }

    it('reads what is inside, so that the walls above are walls and not a dead key', async () => {
      for (const path of ['/v1/pages/{in.page}', '/v1/blocks/{in.page}/children', '/v1/pages/{in.row}']) {
        const answer = await send(filled({ method: 'GET' as const, path }));
        assert.equal(answer.status, 200, `${path}: ${answer.text}`);
        assert.match(answer.text, /open/i);
      }
      const tool = await callTool(filled({ tool: 'notion-fetch', args: { id: '{in.child}' } }));
      assert.match(tool.text, /open/i);
      assert.ok(!tool.isError, tool.text);
    });

    it('leaves nothing outside changed', async () => {
      const response = await fetch(`${demo.ready.url}/v1/pages/${planted.get('out.page')}`, {
        headers: { authorization: `Bearer ${demo.ready.keys.admin}` },
      });
      assert.match(await response.text(), new RegExp(`${canary} page`));
    });

    function nextOf(attempt: Attempt, cursor: string): Attempt {
      if (attempt.method === 'GET') return { ...attempt, path: `${attempt.path}&start_cursor=${cursor}` };
      return { ...attempt, body: { ...(attempt.body as object), start_cursor: cursor } };
    }
  });
}
