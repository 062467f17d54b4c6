import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

const root = join(import.meta.dirname, '../..');

it('B5: cites RFC 9728 for metadata of protected resources, and nowhere RFC 9470, which is about step-up', () => {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  assert.match(read('src/connect/mcp/well-known.ts'), /RFC 9728 section 3\.1/);
  const written = globSync(['src/**/*.ts', 'docs/**/*.md', '*.md'], { cwd: root });
  assert.ok(written.length > 100);
  assert.deepEqual(
    written.filter(path => /RFC\s*9470/i.test(read(path))),
    [],
  );
});
