import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Answer } from '../../domain/operation.ts';
import { hourMs } from '../../domain/units.ts';
import { readRateLimit } from './rate-limit-answer.ts';

function refusal(headers: Answer['headers'], body: unknown): Answer {
  return { status: 429, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

describe('a refusal because of a rate limit', () => {
  it('says whose limit it is', () => {
    for (const [reason, scope] of [
      ['public_api_request_rate_limit', 'connection'],
      ['public_api_space_request_rate_limit', 'workspace'],
      ['public_api_endpoint_rate_limit', 'endpoint'],
      ['public_api_request_blocked', 'blocked'],
      ['something new', 'connection'],
    ] as const) {
      const body = { additional_data: { rate_limit_reason: reason } };
      assert.deepEqual(readRateLimit(refusal({ 'retry-after': '20' }, body)), { scope, retryAfterMs: 20_000 });
    }
  });

  it('is about the connection where it does not say, whatever its body is', () => {
    for (const body of ['', 'null', '"text"', '<html>', '{"additional_data":null}', '[]']) {
      assert.deepEqual(readRateLimit(refusal({ 'retry-after': '3' }, body)), {
        scope: 'connection',
        retryAfterMs: 3_000,
      });
    }
  });

  it('says in its body how long, where a proxy has dropped the header', () => {
    const body = { additional_data: { retry_after: '37' } };
    assert.equal(readRateLimit(refusal({}, body))?.retryAfterMs, 37_000);
  });

  it('makes nobody wait for ever, or not at all', () => {
    for (const [wait, ms] of [
      ['86400', hourMs],
      ['0', 1_000],
      ['soon', 1_000],
      ['1000000000', hourMs],
    ] as const) {
      assert.equal(readRateLimit(refusal({ 'retry-after': wait }, {}))?.retryAfterMs, ms, wait);
    }
  });

  it('is read in the body where the header says nothing that can be used', () => {
    const body = { additional_data: { retry_after: '37' } };
    for (const header of ['', 'soon', '20, 20']) {
      assert.equal(readRateLimit(refusal({ 'retry-after': header }, body))?.retryAfterMs, 37_000, header);
    }
  });

  it('is nothing but a 429', () => {
    assert.equal(readRateLimit({ status: 529, headers: { 'retry-after': '5' }, body: null }), null);
  });
});
