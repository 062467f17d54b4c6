import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../domain/ids.ts';
import type { Answer, Operation } from '../domain/operation.ts';
import type { LearnedCapability } from './capability-learning.ts';
import { probe } from './probe.ts';

const error = (status: number, code: string, additional?: object): Answer => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify({ object: 'error', status, code, message: '', additional_data: additional })),
});
const refused = error(403, 'restricted_resource');
const missing = error(404, 'object_not_found');

/** The knowledge about one Notion, and connections to it that are probed one after the other. */
function aNotion() {
  const learned: LearnedCapability[] = [];
  const checkedFirst = new Set<string>();
  const capabilities = {
    save: async (lessons: readonly LearnedCapability[]) => void learned.push(...lessons),
    of: async () => learned,
    saveCheckedFirst: async (_place: unknown, operation: string) => void checkedFirst.add(operation),
    isCheckedFirst: async (_place: unknown, operation: string) => checkedFirst.has(operation),
  };
  const asked: Operation[] = [];
  return {
    asked,
    checkedFirst,
    async probed(answerTo: (operation: Operation) => Answer | Error): Promise<string[]> {
      learned.length = 0;
      const ask = async (operation: Operation) => {
        asked.push(operation);
        const answer = answerTo(operation);
        if (answer instanceof Error) throw answer;
        return answer;
      };
      const place = { workspaceId: newId('wsp'), connectionId: newId('con') };
      await probe({ capabilities, ask, now: () => new Date(0) }, place);
      return learned.map(({ capability, held }) => `${capability} ${held}`).sort();
    },
  };
}

describe('probes of what a connection may write', () => {
  it('show nothing by "not found" until a refusal has shown that Notion looks at the capability first', async () => {
    const notion = aNotion();
    assert.deepEqual(await notion.probed(() => missing), []);
    assert.deepEqual(await notion.probed(({ name }) => (name === 'comments.create' ? refused : missing)), []);
    assert.deepEqual(await notion.probed(() => missing), ['insert_comments true']);
    await notion.probed(() => refused);
    assert.deepEqual(await notion.probed(() => missing), [
      'insert_comments true',
      'insert_content true',
      'update_content true',
    ]);
  });

  it('take for a refusal only what says that a capability is missing', async () => {
    const notion = aNotion();
    const others = [
      error(403, 'restricted_resource', { block_limit: '1000' }),
      error(403, 'something_else'),
      error(400, 'validation_error'),
      error(401, 'unauthorized'),
      error(429, 'rate_limited'),
      error(503, 'service_unavailable'),
      { status: 403, headers: {}, body: Buffer.from('<html>') },
      new Error('no answer'),
    ];
    for (const other of others) assert.deepEqual(await notion.probed(() => other), []);
    assert.deepEqual([...notion.checkedFirst], []);
  });

  it('name nothing that there could be, and another thing each time', async () => {
    const notion = aNotion();
    await notion.probed(() => missing);
    await notion.probed(() => missing);
    const named = notion.asked
      .filter(({ effect }) => effect === 'write')
      .flatMap(({ demands, problem }) => {
        assert.equal(problem, null);
        return demands.flatMap(({ object }) => ('id' in object ? [object.id] : []));
      });
    assert.equal(named.length, 6);
    assert.equal(new Set(named).size, 6);
  });
});
