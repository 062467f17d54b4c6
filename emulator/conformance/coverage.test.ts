import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { authorize, CALLBACK, rawCall } from '../authorized.ts';
import { emulatorControl } from '../control.ts';
import { restRoutes } from '../rest/routes.ts';
import { type Emulator, startEmulator } from '../server.ts';
import { coverage } from './coverage.ts';
import { type Example, examples } from './examples.ts';
import { createFixture, type Fixture, sendFile } from './fixture.ts';

const VERSION = '2026-03-11';

describe('every route', () => {
  let emulator: Emulator;
  let fixture: Fixture;
  let incapable: string;
  let blind: string;

  before(async () => {
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    fixture = await createFixture(emulator, emulator.internalToken);
    const control = emulatorControl(emulator.url, emulator.controlToken);
    const outsider = await authorize(emulator, { pageIds: [] });
    blind = outsider.accessToken;
    const other = await authorize(emulator, { personId: emulator.people[1]?.id ?? '' });
    incapable = other.accessToken;
    await control.setCapabilities({
      botId: other.botId,
      capabilities: {
        read_content: false,
        update_content: false,
        insert_content: false,
        read_comments: false,
        insert_comments: false,
        user_information: 'none',
      },
    });
  });
  after(() => emulator.close());

  const send = async (example: Example, token: string, change: { path?: string; body?: object } = {}) => {
    const [method = ''] = example.route.split(' ');
    const path = change.path ?? example.path(fixture);
    if (example.multipart === true && change.body === undefined) {
      const answer = await sendFile(emulator, token, path.split('/')[3] ?? '');
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    }
    const body = change.body ?? example.body?.(fixture);
    const version = example.version ?? VERSION;
    return rawCall(emulator, path, { token, method, version, ...(body === undefined ? {} : { body }) });
  };

  /** The same request with something in it that cannot be right. */
  const spoiled = (example: Example): { path?: string; body?: object } => {
    if (/\/:(?!property|task)/.test(example.route))
      return { path: example.path(fixture).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'no-id') };
    const body = example.body?.(fixture);
    if (body !== undefined) return { body: { ...body, no_such_field: 1 } };
    const path = example.path(fixture).split('?')[0] ?? '';
    return { path: `${path}?page_size=many&block_id=no-id&database_id=no-id` };
  };

  it('has one example', () => {
    const names = restRoutes.map(route => `${route.method} ${route.path}`);
    assert.deepEqual(examples.map(example => example.route).sort(), names.sort());
  });

  for (const example of examples) {
    it(`${example.route}: input, capability, lookup and success`, async () => {
      const covered = coverage.find(one => one.route === example.route);
      if (covered?.input === 'tested') {
        const answer = await send(example, emulator.internalToken, spoiled(example));
        assert.deepEqual([answer.status, answer.body.code], [400, 'validation_error'], JSON.stringify(answer.body));
      }
      if (covered?.capability === 'tested') {
        const answer = await send(example, incapable);
        assert.deepEqual([answer.status, answer.body.code], [403, 'restricted_resource']);
      }
      if (covered?.lookup === 'tested') {
        const outside = example.route.startsWith('GET /v1/users') ? { path: `/v1/users/${fixture.page}` } : {};
        const answer = await send(example, blind, outside);
        assert.deepEqual([answer.status, answer.body.code], [404, 'object_not_found'], JSON.stringify(answer.body));
      }
      const answer = await send(example, emulator.internalToken);
      assert.ok(answer.status === 200, JSON.stringify(answer.body));
      assert.equal(typeof answer.body.request_id, example.route.endsWith('/templates') ? 'undefined' : 'string');
    });
  }
});
