import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { rawCall } from '../authorized.ts';
import { type Emulator, startEmulator } from '../server.ts';
import { VERSIONS } from './versions.ts';

describe('refusals', () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.close());

  type Options = Parameters<typeof rawCall>[2];
  const refused = async (path: string, options?: Options) => {
    const { status, body, headers } = await rawCall(emulator, path, options);
    assert.equal(body.object, 'error');
    assert.equal(body.status, status);
    assert.equal(headers.get('x-notion-request-id'), body.request_id);
    return `${status} ${body.code}: ${body.message}`;
  };

  it('come in the recorded order: route, JSON, Authorization, version, validation', async () => {
    const wrongEverything = { token: 'bogus', version: null, method: 'POST', body: '{' };
    assert.equal(await refused('/v1/nothing', wrongEverything), '400 invalid_request_url: Invalid request URL.');
    assert.equal(await refused('/v1/pages', wrongEverything), '400 invalid_json: Error parsing JSON body.');
    assert.equal(
      await refused('/v1/pages', { ...wrongEverything, body: '{}' }),
      '401 unauthorized: API token is invalid.',
    );
    assert.match(await refused('/v1/pages/nope', { version: null }), /^400 missing_version/);
    assert.match(await refused('/v1/pages/nope'), /^400 validation_error/);
  });

  it('use the recorded words for credentials and versions', async () => {
    const scheme = { headers: { authorization: 'Basic abc' } };
    assert.equal(
      await refused('/v1/users/me', scheme),
      '401 unauthorized: Authorization header must use the format "Bearer <token>".',
    );
    assert.equal(
      await refused('/v1/users/me', { version: null }),
      '400 missing_version: Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.',
    );
    assert.equal(
      await refused('/v1/users/me', { version: 'banana' }),
      '400 missing_version: Notion-Version header failed validation: Notion-Version header should be `"2021-05-11"`, `"2021-05-13"`, `"2021-08-16"`, `"2022-02-22"`, `"2022-06-28"`, `"2025-09-03"`, or `"2026-03-11"`, instead was `"banana"`.',
    );
  });

  it('use the recorded words for paths, bodies and queries', async () => {
    assert.equal(
      await refused('/v1/pages/not-an-id'),
      '400 validation_error: path failed validation: path.page_id should be a valid uuid, instead was `"not-an-id"`.',
    );
    const root = emulator.pages.root;
    assert.match(
      await refused(`/v1/blocks/${root}/children?start_cursor=bogus`),
      /query\.start_cursor should be a valid uuid or `undefined`/,
    );
    assert.match(await refused('/v1/users?start_cursor=bogus'), /The start_cursor provided is invalid: bogus$/);
    assert.match(
      await refused('/v1/search', { body: { page_size: 'ten' } }),
      /body\.page_size should be a number or `undefined`, instead was `"ten"`\.$/,
    );
    const children = Array.from({ length: 101 }, () => ({ divider: {} }));
    assert.match(
      await refused(`/v1/blocks/${root}/children`, { method: 'PATCH', body: { children } }),
      /body\.children\.length should be ≤ `100`, instead was `101`\.$/,
    );
    const long = { paragraph: { rich_text: [{ text: { content: 'x'.repeat(2001) } }] } };
    assert.match(
      await refused(`/v1/blocks/${root}/children`, { method: 'PATCH', body: { children: [long] } }),
      /text\.content\.length should be ≤ `2000`, instead was `2001`\.$/,
    );
    const nothing = { parent: { page_id: root }, properties: { Nope: { number: 1 } } };
    assert.match(await refused('/v1/pages', { body: nothing }), /Nope is not a property that exists\.$/);
  });

  it('gate routes and fields by version', async () => {
    const source = `/v1/data_sources/${emulator.pages.root}`;
    const query = { body: {} };
    for (const version of VERSIONS) {
      const modern = version >= '2025-09-03';
      assert.match(await refused(source, { version }), modern ? /404 object_not_found/ : /invalid_request_url/);
      const legacy = await refused(`/v1/databases/${emulator.pages.root}/query`, { ...query, version });
      assert.match(legacy, modern ? /invalid_request_url/ : /404 object_not_found/);
      const page = await rawCall(emulator, `/v1/pages/${emulator.pages.root}`, { version });
      assert.equal('archived' in page.body, version < '2026-03-11');
    }
    const archived = { method: 'PATCH', body: { archived: true }, version: '2026-03-11' };
    assert.match(await refused(`/v1/pages/${emulator.pages.root}`, archived), /body\.archived should be not present/);
  });

  it('cover tricks with paths, sizes and encodings', async () => {
    for (const path of ['/v1//users/me', '/v1/users/me/', '/v2/users/me', '/V1/users/me', '/v1/pages/%zz']) {
      assert.match(await refused(path), /invalid_request_url/, path);
    }
    assert.match(await refused('/v1/search', { body: `{"query":"${'x'.repeat(600_000)}"}` }), /too large/);
    const undashed = emulator.pages.root.replaceAll('-', '').toUpperCase();
    assert.equal((await rawCall(emulator, `/v1/pages/${undashed}`)).body.id, emulator.pages.root);
  });
});
