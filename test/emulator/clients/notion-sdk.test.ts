import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { APIResponseError, type Client } from '@notionhq/client';
import { authorize, CALLBACK, consent, officialClient } from '../../../emulator/authorized.ts';
import { createFixture } from '../../../emulator/conformance/fixture.ts';
import { type Emulator, startEmulator } from '../../../emulator/server.ts';
import { type Stage, sdkCalls } from './notion-sdk-calls.ts';

/** Namespaces of what the emulator documents as absent. */
const ABSENT = /^(agents|sessions)\./;

describe('the official client against the emulator', () => {
  let emulator: Emulator;
  let notion: Client;
  let stage: Stage;

  before(async () => {
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    notion = officialClient(emulator, emulator.internalToken);
    const fixture = await createFixture(emulator, emulator.internalToken);
    const spare = await notion.pages.create({ parent: { page_id: fixture.page } });
    const code = await consent(emulator, { personId: emulator.people[0]?.id ?? '' });
    const { accessToken } = await authorize(emulator, { personId: emulator.people[1]?.id ?? '' });
    stage = { notion, emulator, fixture, spare: spare.id, code, redirectUri: CALLBACK, token: accessToken };
  });
  after(() => emulator.close());

  it('has no method that is not called here', () => {
    const present = [...methodsOf(notion)].filter(name => !ABSENT.test(name));
    assert.deepEqual(present.sort(), Object.keys(sdkCalls).sort());
  });

  for (const [name, call] of Object.entries(sdkCalls)) {
    it(`${name} succeeds`, async () => {
      assert.equal(typeof (await call(stage)), 'object');
    });
  }

  it('learns that agents are not there in the words of Notion', async () => {
    const missing = notion.request({ method: 'get', path: 'agents' });
    await assert.rejects(missing, (error: unknown) => {
      return error instanceof APIResponseError && `${error.code}` === 'invalid_request_url';
    });
  });
});

/** Dotted names of the functions in the client's namespaces. */
function* methodsOf(holder: object, prefix = ''): Generator<string> {
  for (const [key, value] of Object.entries(holder)) {
    if (typeof value === 'function') yield prefix + key;
    else if (isNamespace(value)) yield* methodsOf(value, `${prefix}${key}.`);
  }
}

function isNamespace(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
