import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The test files of the project, as paths from its root, with their texts. In the order of their paths. */
function testFiles(): { path: string; text: string }[] {
  return ['src', 'emulator', 'test']
    .flatMap(folder => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => ({
      path: posix.join(...relative(root, path).split(/[\\/]/)),
      text: readFileSync(path, 'utf8'),
    }));
}

/** The title of a test, a group of tests or a step. */
const title = /\b(?:describe|it|test)\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;
const ruleNumbers = /\brules? (\d+(?:(?:, | and )\d+)*)/g;
const defectId = /\b[ABC]\d{1,2}\b/g;

/** What titles of tests cite, as `rule 7` or `A20`, with the paths of the files that do. */
export function citingTests(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { path, text } of testFiles()) {
    for (const [, single, double, template] of text.matchAll(title)) {
      for (const cited of citations(single ?? double ?? template ?? '')) {
        const paths = found.get(cited) ?? new Set();
        found.set(cited, paths.add(path));
      }
    }
  }
  return new Map([...found].map(([cited, paths]) => [cited, [...paths]]));
}

/** The rules and defects that a text cites: `rule 7`, `A20`. */
export function citations(text: string): string[] {
  const rules = [...text.matchAll(ruleNumbers)].flatMap(([, numbers = '']) =>
    [...numbers.matchAll(/\d+/g)].map(([number]) => `rule ${number}`),
  );
  return [...rules, ...[...text.matchAll(defectId)].map(([id]) => id)];
}
