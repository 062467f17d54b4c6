import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readChallenge } from '../../src/connect/mcp/challenge.ts';
import { readTokenAnswer } from '../../src/connect/mcp/token-answer.ts';

const answer = (status: number, body: unknown) =>
  readTokenAnswer({ status, text: typeof body === 'string' ? body : JSON.stringify(body) });
/** None of the answers that RFC 6749 knows. */
const isUnusable = (read: ReturnType<typeof readTokenAnswer>) =>
  read.said === 'unclear' && read.problem === 'answer_unusable';
const granted = (more: object) => answer(200, { access_token: 'a', token_type: 'Bearer', ...more });

describe('answers of a token endpoint', () => {
  it('B1: takes invalid_grant at its usual 400 for the end of the grant', () => {
    assert.deepEqual(answer(400, { error: 'invalid_grant' }), { said: 'grant_refused', problem: 'invalid_grant' });
  });

  it('B2: goes by the error, not by words in the body', () => {
    for (const body of [
      'REAUTH_REQUIRED',
      { message: 'invalid_grant' },
      { error: 'x', error_description: 'invalid_grant' },
    ]) {
      assert.ok(isUnusable(answer(400, body)));
    }
  });

  it('B3: is total', () => {
    const bodies = [
      '<html>',
      '',
      'null',
      '[]',
      '7',
      '"x"',
      '{"error":{}}',
      '{"access_token":7}',
      '{"error":"__proto__"}',
    ];
    for (const status of [200, 201, 204, 302, 400, 401, 403, 418]) {
      for (const body of bodies) assert.ok(isUnusable(answer(status, body)), `${status} ${body}`);
    }
    assert.ok(isUnusable(readTokenAnswer({ status: 200, text: null })));
    for (const status of [0, 201, 302]) {
      assert.ok(isUnusable(answer(status, { access_token: 'a', token_type: 'Bearer' })));
    }
  });

  it('B4: tells passing trouble from a lost client and a lost grant', () => {
    for (const status of [500, 502, 503, 529]) assert.equal(answer(status, '<html>').said, 'unclear');
    // Such a request was not carried out.
    assert.equal(answer(429, '<html>').said, 'turned_away');
    assert.equal(answer(400, { error: 'temporarily_unavailable' }).said, 'unclear');
    assert.equal(answer(401, { error: 'invalid_client' }).said, 'client_refused');
    assert.equal(answer(400, { error: 'unauthorized_client' }).said, 'client_refused');
  });

  const lifetimes: readonly (readonly [unknown, number | null])[] = [
    [0, 0],
    [3600, 3600],
    ['3600', 3600],
    [-1, null],
    [1e20, null],
    [null, null],
    [undefined, null],
    ['soon', null],
    [{}, null],
  ];
  for (const [given, expected] of lifetimes) {
    it(`B14: reads expires_in ${JSON.stringify(given)} as ${expected}`, () => {
      const read = granted({ expires_in: given });
      assert.equal(read.said === 'granted' && read.tokens.lifetimeSeconds, expected);
    });
  }

  it('B15: takes bearer tokens alone, and does without a refresh token', () => {
    assert.ok(isUnusable(answer(200, { access_token: 'a', token_type: 'mac' })));
    assert.ok(isUnusable(answer(200, { access_token: 'a\nb', token_type: 'bearer' })));
    const read = granted({});
    assert.equal(read.said === 'granted' && read.tokens.refreshToken, null);
  });

  it('B16: prints no token', () => {
    assert.ok(!JSON.stringify(answer(200, { access_token: 'canary', token_type: 'bearer' })).includes('canary'));
  });
});

describe('challenges', () => {
  it('reads the Bearer challenge among others', () => {
    const header =
      'Basic realm="a, Bearer scope=\\"x\\"", Bearer realm="r", scope="a b", resource_metadata="https://x/y"';
    assert.deepEqual(readChallenge(header), { resourceMetadata: 'https://x/y', scope: 'a b', error: null });
  });

  it('takes the first of repeated parameters, and quoted pairs for what they quote', () => {
    assert.equal(readChallenge('Bearer error="a\\"b", error=c')?.error, 'a"b');
  });

  for (const header of [null, '', 'Basic realm="x"', 'Bearerish error=x', '"', ',,,']) {
    it(`finds none in ${JSON.stringify(header)}`, () => assert.equal(readChallenge(header), null));
  }
});
