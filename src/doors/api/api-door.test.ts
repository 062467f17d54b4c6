import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AdminApi, openAdminApi, type SendOptions } from '../../../test/admin-api.ts';
import { publicUrl, signedIn } from '../../../test/people.ts';
import type { Action } from '../../domain/action.ts';
import type { UserId, WorkspaceId } from '../../domain/ids.ts';

describe('the admin API', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: UserId;
  let cookie: string;
  let key: string;
  before(async () => {
    api = await openAdminApi();
    workspace = await api.people.aWorkspace();
    admin = await api.people.aMember(workspace, 'admin');
    cookie = await api.cookieOf(admin);
    const request = { name: 'script', limitTo: 'admin' } as const;
    key = (await api.people.accounts.keys.mint(signedIn(admin), workspace, request)).secret;
  });
  after(() => api.close());

  const members = () => `/api/workspaces/${workspace}/members`;
  const invitations = () => `/api/workspaces/${workspace}/invitations`;
  const last = async () => (await api.log()).at(-1);

  it('answers people by session and programs by key', async () => {
    for (const by of [{ cookie }, { key }]) {
      const reply = await api.send('GET', members(), by);
      assert.equal(reply.status, 200);
      assert.equal(reply.at('members.0.principalId'), admin);
      assert.equal(reply.headers.get('cache-control'), 'no-store');
    }
  });

  it('logs each call with its intent and its outcome, and who changed what to what', async () => {
    const reply = await api.send('POST', invitations(), { key, body: { email: 'new@acme.test', role: 'viewer' } });
    assert.equal(reply.status, 201);
    const entries = (await api.log()).slice(-3);
    assert.deepEqual(
      entries.map(({ kind, operation }) => `${kind} ${operation}`),
      ['intent invitations.create', 'event invitation.created', 'outcome invitations.create'],
    );
    const detail = JSON.parse(entries[1]?.entry ?? '{}').detail;
    assert.deepEqual(detail, { invitation: reply.at('invitation.id'), mailed: false, role: 'viewer' });
  });

  it('shows nothing of the link that is stored with an invitation', async () => {
    const reply = await api.send('POST', invitations(), { cookie, body: { email: 'hash@acme.test', role: 'viewer' } });
    assert.equal(reply.status, 201);
    assert.doesNotMatch(reply.text, /hash"|Buffer/);
  });

  it('refuses with problem details (RFC 9457), and logs the denial', async () => {
    const viewer = await api.people.aMember(workspace, 'viewer');
    const by = { cookie: await api.cookieOf(viewer), body: { email: 'x@acme.test', role: 'viewer' } };
    const reply = await api.send('POST', invitations(), by);
    assert.equal(reply.status, 403);
    assert.equal(reply.at('code'), 'restricted');
    assert.match(String(reply.at('requestId')), /^[0-9a-f-]{36}$/);
    assert.equal(typeof reply.at('hint'), 'string');
    const entry = await last();
    assert.equal(`${entry?.kind} ${entry?.operation}`, 'denial invitations.create');
    assert.ok(entry?.entry.includes(String(reply.at('requestId'))));
  });

  it('knows nobody without credentials, with unknown ones, or with two at once', async () => {
    const session = cookie.replace(/=.*/, `=${'A'.repeat(43)}`);
    const both = { cookie, key };
    const twice = { cookie: `${cookie}; ${cookie}` };
    const basic = { headers: { authorization: 'Basic YWRtaW46YWRtaW4=' } };
    for (const by of [{}, { cookie: session }, both, twice, basic, { key: 'pcl_wrong' }] as SendOptions[]) {
      const reply = await api.send('GET', members(), by);
      assert.equal(reply.status, 401, JSON.stringify(by));
      assert.equal(reply.at('code'), 'unauthorized');
    }
  });

  describe('takes changes by cookie from its own pages alone', () => {
    const change = (headers: SendOptions['headers']) =>
      api.send('POST', '/api/workspaces', { cookie, body: {}, headers: headers ?? {} });
    const invite = (headers: SendOptions['headers']) =>
      api.send('POST', invitations(), {
        cookie,
        body: { email: 'csrf@acme.test', role: 'admin' },
        headers: headers ?? {},
      });

    it('not from another site, another origin, or without our header', async () => {
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.test' },
        { origin: 'null' },
        { 'x-portcullis': null },
        { 'x-portcullis': '0' },
      ]) {
        const reply = await invite(headers);
        assert.equal(reply.status, 403, JSON.stringify(headers));
        assert.equal((await last())?.kind, 'denial');
      }
      const listed = await api.send('GET', members(), { cookie });
      assert.ok(!listed.text.includes('csrf@acme.test'));
    });

    it('also readings are refused to other sites', async () => {
      const reply = await api.send('GET', members(), { cookie, headers: { 'sec-fetch-site': 'cross-site' } });
      assert.equal(reply.status, 403);
    });

    it('programs with a key need none of that', async () => {
      const headers = { origin: null, 'sec-fetch-site': null, 'x-portcullis': null };
      assert.equal((await api.send('GET', members(), { key, headers })).status, 200);
      const body = { email: 'by-key@acme.test', role: 'guest' };
      assert.equal((await api.send('POST', invitations(), { key, headers, body })).status, 201);
    });

    it('and nothing changes by GET', async () => {
      assert.equal((await change({})).status, 400, 'there is no such route');
      for (const path of ['/api/sign-out', '/api/me/password', '/api/sign-in/link']) {
        assert.equal((await api.send('GET', path, { cookie })).status, 400, path);
      }
      assert.equal((await api.send('GET', members(), { cookie })).status, 200, 'still signed in');
    });
  });

  describe('decides and logs what it cannot read', () => {
    const cases: [string, SendOptions, number, string][] = [
      ['no body', {}, 400, 'validation_error'],
      ['not JSON', { raw: '{"email":' }, 400, 'invalid_json'],
      ['an array', { raw: '[]' }, 400, 'invalid_json'],
      ['a repeated key', { raw: '{"role":"viewer","email":"a@b.test","role":"admin"}' }, 400, 'invalid_json'],
      ['bad UTF-8', { raw: Buffer.from('{"email":"\xff"}', 'latin1') }, 400, 'invalid_json'],
      [
        'another type',
        { raw: 'email=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        400,
        'invalid_json',
      ],
      ['an unknown key', { body: { email: 'a@b.test', role: 'viewer', admin: true } }, 400, 'validation_error'],
      ['__proto__', { raw: '{"email":"a@b.test","role":"viewer","__proto__":{"x":1}}' }, 400, 'validation_error'],
      ['what is no name of a role', { body: { email: 'a@b.test', role: 'Constructor()' } }, 400, 'validation_error'],
      [
        'a control character',
        { body: { email: 'a@b.test', name: 'a\u001b[31m', role: 'viewer' } },
        400,
        'validation_error',
      ],
      ...['\u0000', '\u202e', '\u2066', '\u200b', '\u00ad', '\ufeff', '\u3164', '\ud800'].map(
        (sign): [string, SendOptions, number, string] => [
          `a name with U+${sign.charCodeAt(0).toString(16)}`,
          { body: { email: 'a@b.test', name: `a${sign}b`, role: 'viewer' } },
          400,
          'validation_error',
        ],
      ),
      ['U+0000 in a key', { raw: '{"email":"a@b.test","\\u0000":1}' }, 400, 'validation_error'],
      ['50 MB', { raw: Buffer.alloc(50 * 1024 * 1024, 0x20) }, 413, 'too_large'],
    ];
    for (const [name, given, status, code] of cases) {
      it(name, async () => {
        const reply = await api.send('POST', invitations(), { key, ...given }).catch((error: NodeJS.ErrnoException) => {
          // The server answers before everything was sent, and closes: a client may see only that.
          assert.ok(
            status === 413 && ['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(error.code ?? ''),
            String(error),
          );
          return null;
        });
        if (reply !== null) {
          assert.equal(reply.status, status);
          assert.equal(reply.at('code'), code);
        }
        const entry = await last();
        assert.equal(`${entry?.kind} ${entry?.operation}`, 'denial invitations.create');
      });
    }

    it('U+0000 in the path and in the query', async () => {
      for (const [path, operation] of [
        ['/api/pages/a%00b', 'pages.get'],
        [`${members()}/usr_%00`, 'members.remove'],
        [`${members()}?search=%00`, 'members.list'],
        [`${members()}?%00=1`, 'members.list'],
        [`/api/workspaces/${workspace}/log?text=a%00b`, 'unrecognised'],
      ] as const) {
        const reply = await api.send(operation === 'members.remove' ? 'DELETE' : 'GET', path, { key });
        assert.equal(reply.status, 400, path);
        const entry = await last();
        assert.equal(`${entry?.kind} ${entry?.operation}`, `denial ${operation}`, path);
      }
      // No workspace has that name, and the answer says no more than that.
      assert.equal((await api.send('GET', '/api/workspaces/%00/members', { key })).status, 404);
      assert.equal((await last())?.operation, 'members.list');
    });

    it('an unknown address', async () => {
      for (const [method, path] of [
        ['GET', '/api/nothing'],
        ['PUT', '/api/me'],
        ['GET', '/api'],
      ] as const) {
        const reply = await api.send(method, path, { key });
        assert.equal(reply.status, 400);
        assert.equal(reply.at('code'), 'invalid_request_url');
        assert.equal((await last())?.operation, 'unrecognised');
        assert.equal((await api.send(method, path)).status, 401, 'of which strangers learn nothing');
      }
    });

    it('a query that the row does not know', async () => {
      const reply = await api.send('GET', `${members()}?admin=1`, { key });
      assert.equal(reply.status, 400);
      assert.equal((await last())?.kind, 'denial');
    });
  });

  it('does not tell a foreign workspace from a missing one (rule 4)', async () => {
    const foreign = await api.people.aWorkspace();
    await api.people.aMember(foreign, 'admin');
    const missing = 'wsp_00000000-0000-7000-8000-000000000000';
    for (const by of [{ cookie }, { key }]) {
      const answers = [];
      for (const id of [foreign, missing, 'wsp_nonsense']) {
        const reply = await api.send('GET', `/api/workspaces/${id}/members`, by);
        assert.equal(reply.status, 404, id);
        answers.push(reply.at('code'));
      }
      assert.deepEqual(answers, ['not_found', 'not_found', 'not_found']);
    }
    const listed = await api.send('GET', '/api/workspaces', { cookie });
    assert.deepEqual(
      (listed.at('workspaces') as { id: string }[]).map(({ id }) => id),
      [workspace],
    );
  });

  it('rule 10: a key that was revoked elsewhere is worth nothing at once, though this instance remembers it', async () => {
    const { key: made, secret } = await api.people.accounts.keys.mint(signedIn(admin), workspace, { name: 'short' });
    assert.equal((await api.send('GET', members(), { key: secret })).status, 200);
    await api.people.accounts.keys.revoke(signedIn(admin), workspace, made.id);
    assert.equal((await api.send('GET', members(), { key: secret })).status, 401);
  });

  it('rule 10: a role that was taken away is worth nothing at once', async () => {
    const second = await api.people.aMember(workspace, 'admin');
    const theirs = await api.cookieOf(second);
    const body = { email: 'before@acme.test', role: 'guest' };
    assert.equal((await api.send('POST', invitations(), { cookie: theirs, body })).status, 201);
    await api.people.accounts.members.setRole(signedIn(admin), workspace, second, 'viewer');
    const after = { email: 'after@acme.test', role: 'guest' };
    assert.equal((await api.send('POST', invitations(), { cookie: theirs, body: after })).status, 403);
  });

  it('shows a new key once, and lets it be revoked', async () => {
    const path = `/api/workspaces/${workspace}/keys`;
    const made = await api.send('POST', path, { cookie, body: { name: 'for a viewer', limitTo: 'viewer' } });
    assert.equal(made.status, 201);
    const secret = String(made.at('secret'));
    const listed = await api.send('GET', path, { cookie });
    assert.ok(!listed.text.includes(secret));
    assert.ok(!(await api.log()).some(({ entry }) => entry.includes(secret)));
    assert.equal(
      (await api.send('POST', invitations(), { key: secret, body: { email: 'a@b.test', role: 'guest' } })).status,
      403,
    );
    assert.equal((await api.send('DELETE', `${path}/${made.at('key.id')}`, { cookie })).status, 200);
    assert.equal((await api.send('GET', members(), { key: secret })).status, 401);
  });

  it('rule 11: lets a limited key neither see nor end the keys of its owner, nor see what it may not read', async () => {
    const mint = (limitTo: Action[]) =>
      api.people.accounts.keys.mint(signedIn(admin), workspace, { name: 'limited', limitTo });
    const { key: own, secret } = await mint(['update']);
    const at = `/api/workspaces/${workspace}`;
    for (const [method, path] of [
      ['GET', `${at}/keys`],
      ['GET', `${at}/keys/${own.id}`],
      ['DELETE', `${at}/keys/${own.id}`],
      ['GET', at],
    ] as const) {
      const reply = await api.send(method, path, { key: secret });
      assert.equal(reply.status, 403, `${method} ${path}`);
    }
    assert.equal((await api.send('GET', at, { key: (await mint(['read'])).secret })).status, 200);
  });

  it('keeps the deployment from people without rights in it, and from keys', async () => {
    const chief = await api.people.aUser({ email: 'chief@acme.test', rights: ['connect', 'members', 'audit'] });
    await api.people.join(workspace, chief, 'admin');
    const chiefs = await api.cookieOf(chief);
    const { secret } = await api.people.accounts.keys.mint(signedIn(chief), workspace, { name: 'k' });
    assert.equal((await api.send('GET', '/api/users', { cookie: chiefs })).status, 200);
    assert.equal((await api.send('GET', '/api/users', { key: secret })).status, 403);
    assert.equal((await api.send('GET', '/api/users', { cookie })).status, 403);
    const text = (await api.send('GET', '/api/users', { cookie: chiefs })).text;
    assert.ok(!text.includes('argon2') && !text.includes('passwordHash'));
  });

  it('keeps a person’s own affairs from their keys', async () => {
    const { secret } = await api.people.accounts.keys.mint(signedIn(admin), workspace, { name: 'unlimited' });
    const password = { key: secret, body: { password: 'a password of 12' } };
    assert.equal((await api.send('POST', '/api/me/password', password)).status, 403);
    assert.equal((await api.send('GET', '/api/me/sessions', { key: secret })).status, 403);
    assert.equal((await api.send('GET', '/api/me', { key: secret })).status, 200);
    assert.equal(
      (await api.send('GET', '/api/me', { key })).status,
      403,
      'and a limited key is not told who its owner is',
    );
  });

  it('passes rows about content through the gateway as operations of their own', async () => {
    const create = (parent: string) =>
      api.send('POST', '/api/pages', { key, body: { parent: { page_id: parent }, properties: {} } });
    const reply = await create('12345678-1234-4234-8234-123456789abc');
    // No connection is there to look at the parent through.
    assert.equal(reply.status, 409);
    assert.equal((await last())?.operation, 'pages.get');
    const bad = await create('no-id');
    assert.equal(bad.status, 400);
    assert.equal((await last())?.operation, 'pages.create');
  });

  it('describes itself from the same rows', async () => {
    const reply = await api.send('GET', '/api/openapi.json');
    assert.equal(reply.status, 200);
    assert.equal(reply.at('openapi'), '3.1.0');
    assert.equal(JSON.stringify(reply.at('servers')), JSON.stringify([{ url: publicUrl }]));
    const paths = reply.at('paths') as Record<string, Record<string, { operationId: string; requestBody?: unknown }>>;
    const invite = paths['/api/workspaces/{workspace}/invitations']?.post;
    assert.equal(invite?.operationId, 'invitations.create');
    assert.match(JSON.stringify(invite?.requestBody), /"additionalProperties":false/);
    assert.ok(paths['/api/sign-in']?.post);
    assert.match(JSON.stringify(invite?.requestBody), /"format":"email"/);
  });
});
