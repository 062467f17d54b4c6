import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describedApi } from '../../../docs/pages/openapi.ts';
import { createAnswerCheck } from '../../../test/described-answers.ts';

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}

describe('the description of the admin API', () => {
  const document = describedApi();
  const operations = Object.values(document.paths).flatMap(path => Object.values(path)) as Operation[];

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors));
  });

  it('names each operation once', () => {
    const names = operations.map(({ operationId }) => operationId);
    assert.deepEqual(names.length, new Set(names).size);
  });

  it('says of every answer what is in it', () => {
    for (const { operationId, responses } of operations) {
      const succeeding = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      assert.equal(succeeding.length, 1, operationId);
      for (const [status, { content }] of succeeding) {
        const schemas = Object.values(content ?? {}).map(({ schema }) => schema);
        assert.equal(schemas.length > 0, status !== '204', operationId);
        for (const schema of schemas) assert.ok(Object.keys(schema ?? {}).length > 0, operationId);
      }
      assert.ok('default' in responses, `${operationId} can fail`);
    }
  });

  it('leaves no value without a type: clients are made from it', () => {
    const untyped: string[] = [];
    const look = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      // An open map says so, also where a property of AuthZEN has the name `properties`.
      const isOpenMap = at.endsWith('.additionalProperties');
      if (
        !Array.isArray(value) &&
        Object.keys(value).length === 0 &&
        !isOpenMap &&
        /schema$|properties\.\w+$|items$/.test(at)
      )
        untyped.push(at);
      for (const [key, inner] of Object.entries(value)) look(inner, `${at}.${key}`);
    };
    look(document, '');
    assert.deepEqual(untyped, []);
  });

  it('is what answers are held against: one with a field too many is found', () => {
    const check = createAnswerCheck(document);
    const given = { method: 'GET', path: '/api/workspaces', status: 200, contentType: 'application/json' };
    check({ ...given, text: '{"workspaces":[]}' });
    assert.throws(() => check({ ...given, text: '{"workspaces":[],"more":1}' }));
    assert.throws(() => check({ ...given, text: '{"workspaces":[{"id":"wsp_1"}]}' }));
    assert.throws(() => check({ ...given, status: 403, text: '{"error":{}}' }));
  });
});
