import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allowedRuling } from '../../test/rest/a-decided-call.ts';
import type { Answer } from '../domain/operation.ts';
import { releaseError } from './upstream-error.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const child = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const secret = 'Layoffs in March';

function refusal(status: number, code: string): Answer {
  const body = {
    ...{ object: 'error', status, code, request_id: child },
    message: `This operation would delete 1 child page: "${secret}" (${child}). ${secret} is not a property that exists.`,
    additional_data: {
      ...{ retry_guidance: [`Read ${secret} again`], committed_resource_id: child, committed_child_ids: [child] },
      ...{ block_limit: secret, rate_limit_reason: secret, retry_after: secret },
    },
  };
  return { status, headers: { 'retry-after': '7' }, body: Buffer.from(JSON.stringify(body)) };
}

function heard(access: { mayRead: boolean; mayHear?: boolean }, answer: Answer) {
  const body = { type: 'replace_content', replace_content: { new_str: 'x' } };
  const decided = allowedRuling('PATCH', `/v1/pages/${id}/markdown`, { body, ...access });
  const released = releaseError(decided, answer, answer.body as Buffer);
  const text = String(released.answer.body);
  return { ...released, text, error: JSON.parse(text) };
}

describe('rule 12: what Notion says when it refuses is content', () => {
  const codes: [number, string][] = [
    [400, 'validation_error'],
    [400, 'invalid_json'],
    [400, 'invalid_request'],
    [400, 'invalid_request_url'],
    [400, 'missing_version'],
    [403, 'restricted_resource'],
    [409, 'conflict_error'],
    [429, 'rate_limited'],
    [500, 'internal_server_error'],
    [503, 'service_unavailable'],
    [529, 'service_overload'],
    [504, 'gateway_timeout'],
    [400, 'something_new'],
    [400, 'constructor'],
  ];
  for (const [status, code] of codes) {
    it(`${code}: the code and a text of ours for those who may not read`, () => {
      for (const access of [{ mayRead: false }, { mayRead: true, mayHear: false }]) {
        const { answer, error, text, withheld } = heard(access, refusal(status, code));
        assert.deepEqual([answer.status, error.status, error.code], [status, status, code]);
        assert.equal(error.additional_data, undefined);
        assert.equal(answer.headers['retry-after'], '7');
        assert.ok(!text.includes(secret), text);
        assert.doesNotMatch(error.message, /Layoffs|child page|aaaaaaaa/);
        assert.equal(withheld, 1);
      }
    });
  }

  it('says after a write of unknown fate that it may have been made', () => {
    assert.match(heard({ mayRead: false }, refusal(503, 'service_unavailable')).error.message, /may have been made/);
  });

  it('is shown in full to callers who may read', () => {
    const { error, withheld } = heard({ mayRead: true }, refusal(400, 'validation_error'));
    assert.match(error.message, /Layoffs in March/);
    assert.deepEqual(error.additional_data.committed_child_ids, [child]);
    assert.equal(withheld, 0);
  });
});
