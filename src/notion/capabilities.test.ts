import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentActions } from '../domain/action.ts';
import { capabilities, capabilitiesFor, capabilityOf, learnFrom } from './capabilities.ts';
import { operations } from './operations.ts';

const answer = (status: number, body: unknown) => ({ status, headers: {}, body: Buffer.from(JSON.stringify(body)) });
const refusal = (additional: object = {}) =>
  answer(403, { object: 'error', status: 403, code: 'restricted_resource', message: '', additional_data: additional });

describe('capabilities of a connection', () => {
  it('are known of every operation that passes', () => {
    const unknown = operations
      .map(({ name }) => name)
      .filter(name => name !== 'users.me' && capabilityOf(name) === null);
    assert.deepEqual(unknown, []);
    assert.equal(capabilityOf('users.me'), null);
    assert.equal(capabilityOf('constructor'), null);
    assert.equal(capabilityOf('members.add'), null);
  });

  it('serve every action on content, and nothing but those', () => {
    for (const action of contentActions) assert.ok(capabilitiesFor([action]).size > 0, action);
    assert.deepEqual(capabilitiesFor(contentActions), new Set(capabilities));
    assert.equal(capabilitiesFor(['members', 'connect', 'constructor']).size, 0);
  });

  it('are shown by a success, and by nothing else to be there', () => {
    assert.deepEqual(learnFrom('pages.update', answer(200, {})), [{ capability: 'update_content', held: true }]);
    for (const status of [400, 401, 404, 409, 429, 500, 503]) {
      assert.deepEqual(learnFrom('pages.update', answer(status, { code: 'whatever' })), [], String(status));
    }
    assert.deepEqual(learnFrom('users.me', answer(200, {})), []);
  });

  it('are shown to be missing by 403 restricted_resource, unless the plan is what was in the way', () => {
    assert.deepEqual(learnFrom('comments.list', refusal()), [{ capability: 'read_comments', held: false }]);
    assert.deepEqual(learnFrom('pages.create', refusal({ block_limit: '1000' })), []);
    assert.deepEqual(learnFrom('pages.create', answer(403, { code: 'something_else' })), []);
    assert.deepEqual(learnFrom('pages.create', { status: 403, headers: {}, body: Buffer.from('<html>') }), []);
  });

  it('include addresses of people if there is one, and say nothing of it where there are only bots', () => {
    const person = { object: 'user', type: 'person', person: {} };
    const withAddress = { ...person, person: { email: 'ada@example.com' } };
    const emails = (body: unknown) =>
      learnFrom('users.list', answer(200, body)).find(({ capability }) => capability === 'user_emails')?.held;
    assert.equal(emails({ results: [person, withAddress] }), true);
    assert.equal(emails({ results: [person] }), false);
    assert.equal(emails({ results: [{ object: 'user', type: 'bot', bot: {} }] }), undefined);
    assert.equal(emails(withAddress), true);
  });
});
