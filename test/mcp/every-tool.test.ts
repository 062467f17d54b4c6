import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toolTable } from '../../emulator/mcp/tools/table.ts';
import { inputSchemaOf } from '../../src/notion/tool-row.ts';
import { findTool, refusedTools, tools } from '../../src/notion/tools.ts';

describe('every tool of the hosted server', () => {
  it('has a row, or a reason why it passes nobody', () => {
    const missing = toolTable.filter(({ name }) => findTool(name) === null && refusedTools[name] === undefined);
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
    assert.deepEqual(
      tools.filter(({ name }) => refusedTools[name] !== undefined),
      [],
    );
  });

  it('answers to the names that the hosted server answers to', () => {
    for (const { name, aliases } of toolTable) {
      const row = findTool(name);
      if (row !== null) for (const alias of aliases) assert.equal(findTool(alias)?.name, row.name, alias);
    }
  });

  it('takes no argument that the hosted server does not know, but for those of the REST API', () => {
    for (const { name, input } of toolTable) {
      const row = findTool(name);
      if (row === null) continue;
      const known = new Set([...Object.keys(input.shape), ...(row.hosted?.onlyOverRest ?? [])]);
      const strange = Object.keys((inputSchemaOf(row).properties ?? {}) as object).filter(key => !known.has(key));
      assert.deepEqual(strange, [], name);
    }
  });

  it('rule 7: takes nothing that its row does not have', () => {
    for (const row of tools) assert.equal(inputSchemaOf(row).additionalProperties, false, row.name);
  });
});
