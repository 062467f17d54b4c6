import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { CALLBACK, rawCall } from '../authorized.ts';
import { type Emulator, startEmulator } from '../server.ts';
import { examples } from './examples.ts';
import { createFixture, type Fixture, sendFile } from './fixture.ts';
import { differences, type Schema, type Schemas } from './json-schema.ts';

/** Notion's own description of version 2026-03-11. It is not part of this project: where it is absent the test skips. */
const FILE = new URL('../../../shared/data/notion-openapi-2026-03-11.json', import.meta.url);

/** Fields that recorded traffic or the official client's types have and the file does not have yet. */
const NEWER = new Set(['request_id', 'is_archived', 'email_verified']);

interface Description {
  readonly components: { readonly schemas: Schemas };
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
}

describe('answers fit Notion’s OpenAPI description', {
  skip: existsSync(FILE) ? false : 'the OpenAPI file is not here',
}, () => {
  let emulator: Emulator;
  let fixture: Fixture;
  let description: Description;
  before(async () => {
    description = JSON.parse(readFileSync(FILE, 'utf8'));
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    fixture = await createFixture(emulator, emulator.internalToken);
  });
  after(() => emulator.close());

  const schemaOf = (route: string): Schema | undefined => {
    const [method = '', path = ''] = route.split(' ');
    const operation = description.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    return operation?.responses['200']?.content?.['application/json']?.schema;
  };

  for (const example of examples) {
    if (example.version !== undefined) continue;
    it(example.route, async t => {
      const path = example.path(fixture);
      const [method = ''] = example.route.split(' ');
      const body = example.body?.(fixture);
      const answer =
        example.multipart === true
          ? ((await (await sendFile(emulator, emulator.internalToken, fixture.upload)).json()) as Record<
              string,
              unknown
            >)
          : (await rawCall(emulator, path, { method, version: '2026-03-11', ...(body === undefined ? {} : { body }) }))
              .body;
      const schema = schemaOf(example.route);
      if (schema === undefined) return t.skip('the file does not describe it');
      assert.deepEqual(differences(answer, schema, description.components.schemas, NEWER), []);
    });
  }
});
