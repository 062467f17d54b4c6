import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyTool } from './classify-tool.ts';
import type { JsonObject } from './strict-json.ts';
import { tools } from './tools.ts';

const id = '10000000-0000-4000-8000-000000000000';

describe('a call of a hosted tool', () => {
  function written(name: string, given: JsonObject): readonly string[] {
    const row = tools.find(({ name: other }) => other === name) ?? assert.fail(name);
    return classifyTool(row, row.hosted ?? assert.fail('not hosted'), given).demands[0]?.writes ?? [];
  }

  it('writes the properties that its arguments name, by the names that people know', () => {
    const properties = { Notes: 'x', 'date:Due:start': '2026-12-01', 'userDefined:URL': 'https://example.org' };
    const names = written('notion-update-page', { page_id: id, command: 'update_properties', properties });
    for (const name of ['Notes', 'Due', 'URL']) assert.ok(names.includes(name), `${name} in ${names}`);
  });

  it('may write any property where statements say what changes', () => {
    const statements = 'RENAME COLUMN "Salary" TO "Wages"';
    assert.deepEqual(written('notion-update-data-source', { data_source_id: id, statements }), ['*']);
    assert.deepEqual(written('notion-update-data-source', { data_source_id: id, title: 'x' }), []);
  });
});
