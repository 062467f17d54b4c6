import { citingTests } from '../cited/citing-tests.ts';
import { defectGroups } from '../cited/defects.ts';
import { rules } from '../cited/rules.ts';
import { generatedFrom, page, table } from './markdown.ts';

/** `docs/rules.md`. */
export function rulesPage(): string {
  const tests = citingTests();
  const chapters = [...new Set(rules.map(({ about }) => about))];
  return page(
    generatedFrom('docs/cited/rules.ts and the titles of the tests'),
    '# Rules',
    'The rules that Portcullis always keeps. Code, tests and decisions cite a rule by its number. Below each rule stand the ' +
      'tests that are named after it; a rule without one belongs to a part that is not built yet.',
    ...chapters.flatMap(chapter => [
      `## ${chapter}`,
      ...rules
        .filter(({ about }) => about === chapter)
        .map(({ number, text }) => [`**Rule ${number}.** ${text}`, testList(tests, `rule ${number}`)].join('\n\n')),
    ]),
  );
}

/** `docs/source-defects.md`. */
export function defectsPage(): string {
  const tests = citingTests();
  return page(
    generatedFrom('docs/cited/defects.ts and the titles of the tests'),
    '# Defects of the source systems',
    'Portcullis grows out of two public systems: a recipe for role-based access in Notion integrations, and an OAuth service for ' +
      "Notion's hosted MCP server. A review found these defects in them. Code and tests cite a defect by its id. Some belong to parts " +
      'of Portcullis that are not built yet.',
    ...defectGroups.flatMap(({ about, defects }) => [
      `## ${about}`,
      table(
        ['id', 'what was wrong', 'what Portcullis does', 'tests'],
        defects.map(({ id, was, here }) => [id, was, here, (tests.get(id) ?? []).map(link).join(', ')]),
      ),
    ]),
  );
}

function testList(tests: ReadonlyMap<string, readonly string[]>, cited: string): string {
  const paths = tests.get(cited) ?? [];
  return paths.length === 0 ? 'No test yet.' : `Tests: ${paths.map(link).join(', ')}.`;
}

function link(path: string): string {
  return `[${path.split('/').at(-1)}](../${path})`;
}
