import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { readTokenResponse } from './token-response.ts';
import { readIntrospection, readRevocation } from './token-state.ts';

/** As Notion documents it. */
const documented = {
  access_token: 'ntn_token',
  token_type: 'bearer',
  refresh_token: 'nrt_token',
  bot_id: '11111111-1111-4111-8111-111111111111',
  workspace_icon: null,
  workspace_name: 'Acme',
  workspace_id: '22222222-2222-4222-8222-222222222222',
  owner: { type: 'user', user: { object: 'user', id: '33333333-3333-4333-8333-333333333333', name: 'Ada' } },
  duplicated_template_id: null,
  request_id: '44444444-4444-4444-8444-444444444444',
};

const judge = (body: unknown, status = 200) => readTokenResponse({ status, text: JSON.stringify(body) });
/** None of the answers that Notion gives. */
const isUnusable = (answer: ReturnType<typeof readTokenResponse>) =>
  answer.said === 'unclear' && answer.problem === 'answer_unusable';
const installed = (body: object) => {
  const answer = judge({ ...documented, ...body });
  assert.equal(answer.said, 'granted');
  return answer.said === 'granted' ? answer.installation : assert.fail();
};

describe('an answer of the token endpoint', () => {
  it('is read as Notion documents it', () => {
    const installation = installed({});
    assert.equal(installation.tokens.accessToken.reveal(), 'ntn_token');
    assert.equal(installation.tokens.refreshToken?.reveal(), 'nrt_token');
    assert.deepEqual(installation.owner, { id: documented.owner.user.id, name: 'Ada' });
    assert.ok(!inspect(installation, { depth: 9 }).includes('n_token'));
  });

  it('may lack a refresh token, a name, an icon and a person', () => {
    assert.equal(installed({ refresh_token: null }).tokens.refreshToken, null);
    assert.equal(installed({ refresh_token: undefined }).tokens.refreshToken, null);
    assert.equal(installed({ workspace_name: null }).workspaceName, null);
    assert.equal(installed({ owner: { type: 'workspace', workspace: true } }).owner, null);
    assert.equal(installed({ owner: { type: 'user' } }).owner, null);
  });

  it('may leave out whose kind the owner is, as older answers do', () => {
    assert.equal(installed({ owner: { workspace: true } }).owner, null);
    assert.deepEqual(installed({ owner: { user: documented.owner.user } }).owner, installed({}).owner);
    for (const owner of [{}, { workspace: false }, { type: 'team' }, null, undefined, []]) {
      assert.ok(isUnusable(judge({ ...documented, owner })), JSON.stringify(owner));
    }
  });

  it('may have any name and any icon: they are only shown', () => {
    const icon = (value: unknown) => installed({ workspace_icon: value }).workspaceIcon;
    assert.equal(icon('👩‍🚀'), '👩‍🚀');
    assert.equal(icon('https://example.com/a.png'), 'https://example.com/a.png');
    for (const odd of [
      'x'.repeat(2_001),
      `data:image/png;base64,${'A'.repeat(60_000)}`,
      'a\u0000b',
      'a\u202eb',
      '\ud800',
      7,
      {},
      [],
      '',
      true,
    ]) {
      assert.equal(icon(odd), null, JSON.stringify(odd).slice(0, 40));
    }
    for (const odd of [7, {}, [], true, '', '\u0000']) {
      assert.equal(installed({ workspace_name: odd }).workspaceName, null);
      const { owner } = installed({ owner: { type: 'user', user: { ...documented.owner.user, name: odd } } });
      assert.deepEqual(owner, { id: documented.owner.user.id, name: null });
    }
  });

  it('gives ids one spelling, and names no room for tricks', () => {
    assert.equal(
      installed({ bot_id: documented.bot_id.replaceAll('1', 'A') }).botId,
      documented.bot_id.replaceAll('1', 'a'),
    );
    assert.equal(installed({ workspace_name: ' Acme\u202egnp\n\u0000 ' }).workspaceName, 'Acme gnp');
    assert.equal(installed({ workspace_name: 'x'.repeat(500) }).workspaceName?.length, 200);
  });

  it('is unusable when anything that counts is missing or of another kind', () => {
    for (const change of [
      { access_token: undefined },
      { access_token: '' },
      { access_token: 'two words' },
      { access_token: 'line\r\nbreak' },
      { access_token: ['ntn_token'] },
      { token_type: 'mac' },
      { token_type: undefined },
      { refresh_token: 7 },
      { bot_id: 'no-uuid' },
      { workspace_id: null },
      { owner: 'Ada' },
    ]) {
      const answer = judge({ ...documented, ...change });
      // The log names the field, and none of its content.
      const why = `200 without a usable ${Object.keys(change)[0]}`;
      assert.deepEqual(answer, { said: 'unclear', problem: 'answer_unusable', why }, JSON.stringify(change));
    }
  });

  it('A17: is judged without throwing, whatever it holds', () => {
    const hostile = [
      null,
      '',
      '<html>502</html>',
      '[]',
      '"x"',
      'null',
      '{',
      '{"error":{}}',
      '{"error":["invalid_grant"]}',
    ];
    for (const status of [200, 201, 302, 400, 401, 403]) {
      for (const text of hostile) assert.ok(isUnusable(readTokenResponse({ status, text })), `${status} ${text}`);
    }
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        assert.notEqual(readTokenResponse({ status, text }).said, 'granted');
      }),
    );
  });

  it('names the refusal, under the key that Notion sends and the one that it documents', () => {
    for (const [problem, said] of [
      ['invalid_grant', 'grant_refused'],
      ['invalid_client', 'app_refused'],
      ['unauthorized_client', 'app_refused'],
      ['invalid_request', 'misconfigured'],
    ] as const) {
      assert.deepEqual(judge({ error: problem }, 400), { said, problem });
      assert.deepEqual(judge({ object: 'error', code: problem }, 400), { said, problem });
    }
    const other = { said: 'misconfigured', problem: 'other' };
    assert.deepEqual(judge({ error: 'constructor' }, 400), other);
    // Words elsewhere in the body have no meaning.
    assert.deepEqual(judge({ error: 'other', error_description: 'invalid_grant' }, 400), other);
  });

  it('is trouble and no verdict when Notion is busy or down', () => {
    for (const status of [429, 500, 502, 503, 504, 529]) {
      const said = status === 429 ? 'turned_away' : 'unclear';
      const expected = { said, problem: `status_${status}`, why: String(status), retryAfterSeconds: null };
      assert.deepEqual(judge({ error: 'invalid_grant' }, status), expected);
    }
  });
});

describe('answers about a token', () => {
  it('A20: only a clear answer says that a token is dead', () => {
    const introspect = (status: number, text: string) => readIntrospection({ status, text });
    assert.equal(introspect(200, '{"active":false}'), 'dead');
    assert.equal(introspect(200, '{"active":true}'), 'alive');
    for (const [status, text] of [
      [200, '{}'],
      [200, '{"active":"false"}'],
      [200, '<html>'],
      [400, '{"active":false}'],
      [503, ''],
    ] as const) {
      assert.equal(introspect(status, text), 'unclear', text);
    }
    // This says something about our own client, and nothing about the token.
    assert.equal(introspect(401, '{"error":"invalid_client"}'), 'app_refused');
  });

  it('A8: only success says that a token is revoked', () => {
    assert.equal(readRevocation({ status: 200, text: '{}' }), 'revoked');
    for (const status of [204, 302, 400, 401, 429, 500]) assert.equal(readRevocation({ status, text: '' }), 'unclear');
  });
});
