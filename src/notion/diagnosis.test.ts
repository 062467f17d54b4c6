import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PortcullisError } from '../domain/errors.ts';
import type { Answer } from '../domain/operation.ts';
import { diagnoseAnswer, diagnoseError } from './diagnosis.ts';

function anError(status: number, code: string, more: object = {}, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(JSON.stringify({ object: 'error', status, code, message: 'Told by Notion.', ...more }));
  return { status, headers, body };
}

const cases: readonly [answer: Answer, effect: 'read' | 'write', code: string, action: string][] = [
  [anError(404, 'object_not_found'), 'read', 'not_found_or_not_shared', 'share_page'],
  [anError(403, 'restricted_resource'), 'read', 'capability_missing', 'edit_capabilities'],
  [anError(401, 'unauthorized'), 'read', 'reauth_required', 'reconnect'],
  [anError(409, 'conflict_error'), 'write', 'conflict', 'refetch'],
  [anError(429, 'rate_limited'), 'write', 'rate_limited', 'wait'],
  [anError(529, 'service_overload'), 'write', 'upstream_unavailable', 'wait'],
  [anError(400, 'validation_error'), 'write', 'invalid_request', 'correct_request'],
  [anError(503, 'service_unavailable'), 'write', 'possibly_saved', 'refetch'],
  [anError(503, 'service_unavailable'), 'read', 'upstream_unavailable', 'wait'],
  [anError(500, 'internal_server_error'), 'write', 'possibly_saved', 'refetch'],
  [{ status: 502, headers: {}, body: Buffer.from('<html>') }, 'read', 'upstream_unavailable', 'wait'],
  [{ status: 504, headers: {}, body: null }, 'write', 'possibly_saved', 'refetch'],
];

describe('diagnoseAnswer', () => {
  for (const [answer, effect, code, action] of cases) {
    it(`A18: takes ${answer.status} ${answer.body} to a ${effect} for ${code}`, () => {
      const diagnosis = diagnoseAnswer(answer, effect, 'page');
      assert.equal(diagnosis?.code, code);
      assert.equal(diagnosis.action, action);
    });
  }

  it('has nothing to say about a success', () => {
    assert.equal(diagnoseAnswer({ status: 200, headers: {}, body: null }, 'read', 'page'), null);
  });

  it('A19: never claims that a page exists, nor that it does not', () => {
    const diagnosis = diagnoseAnswer(anError(404, 'object_not_found'), 'read', 'page');
    assert.match(diagnosis?.message ?? '', /missing, or not shared/);
    assert.match(diagnosis?.advice ?? '', /Connections/);
  });

  it('tells a full workspace from a missing capability', () => {
    const full = anError(403, 'restricted_resource', { additional_data: { block_limit: '1000' } });
    assert.equal(diagnoseAnswer(full, 'write', 'page')?.code, 'block_limit_reached');
  });

  it('tells a blocked connection, for which waiting does not help, from a limit', () => {
    const reason = { additional_data: { rate_limit_reason: 'public_api_request_blocked' } };
    assert.equal(diagnoseAnswer(anError(429, 'rate_limited', reason), 'read', 'page')?.code, 'blocked_by_notion');
  });

  it('passes on how long to wait, from the header or else from the body', () => {
    const byHeader = diagnoseAnswer(anError(429, 'rate_limited', {}, { 'retry-after': '17' }), 'read', 'page');
    const inBody = { additional_data: { retry_after: '4' } };
    const byBody = diagnoseAnswer(anError(429, 'rate_limited', inBody), 'read', 'page');
    assert.deepEqual([byHeader?.retryAfterSeconds, byBody?.retryAfterSeconds], [17, 4]);
  });

  it('does not take nonsense for a number of seconds', () => {
    const nonsense = anError(429, 'rate_limited', {}, { 'retry-after': 'soon' });
    assert.equal(diagnoseAnswer(nonsense, 'read', 'page')?.retryAfterSeconds, null);
  });
});

describe('diagnoseError', () => {
  it('rule 12: says of a page that the caller may not read what it says of a missing one', () => {
    const refused = diagnoseError(new PortcullisError('not_found'), 'page');
    assert.deepEqual(refused, diagnoseAnswer(anError(404, 'object_not_found'), 'read', 'page'));
  });

  it('A20: asks for a new connection only after the old one was checked', () => {
    assert.equal(diagnoseError(new PortcullisError('connection_needs_reauth'), 'page')?.code, 'reauth_required');
    assert.equal(diagnoseError(new PortcullisError('upstream_unavailable'), 'page')?.code, 'upstream_unavailable');
  });

  it('leaves alone what has nothing to do with Notion', () => {
    assert.equal(diagnoseError(new PortcullisError('audit_unavailable'), 'page'), null);
  });
});
