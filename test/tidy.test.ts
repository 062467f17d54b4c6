/** The laws of the source. Each message says what to do. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { citations } from '../docs/cited/citing-tests.ts';
import { defectGroups } from '../docs/cited/defects.ts';
import { rules } from '../docs/cited/rules.ts';
import { staleDocuments } from '../docs/documents.ts';
import { outerRing, rowsOf } from './runner/rings.ts';
import { findCycle, longestChain } from './tidy/cycles.ts';
import { isTest, namesBelow, root, type SourceFile, sourcesBelow } from './tidy/source.ts';

/**
 * Which part may import which, types included. A part may always import from itself. The steps of the path never import
 * each other: what they have to say to one another is in `domain/`, and `portcullis.ts` puts them together.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  // The words, and what is known of Notion: below everything.
  domain: [],
  notion: ['domain'],

  // The path.
  'gateway.ts': ['domain'],
  identify: ['domain'],
  resolve: ['domain', 'notion'],
  authorize: ['domain'],
  audit: ['domain', 'disk'],
  forward: ['domain', 'notion', 'net'],
  withhold: ['domain', 'notion'],

  // What stands beside the path.
  accounts: ['domain'],
  'oauth-server': ['domain'],
  // A client of the gate: it knows nothing of what is inside.
  'mcp-adapter': [],
  vault: ['domain', 'disk', 'net'],
  mail: ['domain', 'accounts'],
  net: ['domain'],
  disk: ['domain'],
  jobs: ['domain'],
  policy: ['domain', 'notion'],
  connect: ['domain', 'notion', 'jobs', 'net'],
  webhooks: ['domain', 'notion'],
  sinks: ['domain', 'notion', 'net', 'jobs', 'audit'],
  report: ['domain', 'notion'],

  // The database: the server that comes along, and everything that is asked in SQL.
  postgres: ['domain', 'disk'],
  // Ports stand beside who uses them; the store implements them.
  store: [
    'domain',
    'config',
    'accounts',
    'audit',
    'connect',
    'forward',
    'identify',
    'jobs',
    'policy',
    'oauth-server',
    'postgres',
    'report',
    'resolve',
    'sinks',
    'vault',
    'webhooks',
    'withhold',
  ],

  // Doors build operations, and reach neither Notion nor a token.
  doors: ['domain', 'notion', 'gateway.ts', 'accounts', 'policy', 'audit', 'identify', 'net', 'sinks'],

  config: ['domain'],

  // What operators start beside the gateway, or instead of it: programs of their own, above the parts that they look into.
  doctor: ['domain', 'config', 'compose', 'connect', 'net', 'postgres', 'store', 'vault'],
  operator: ['domain', 'config', 'audit', 'postgres', 'store', 'vault'],
  cli: ['domain', 'config', 'audit', 'portcullis.ts', 'compose', 'doctor', 'operator', 'postgres', 'store'],
};

/** Only this file sees every part. */
const seesEverything = ['portcullis.ts', 'compose'];

/** It is about a service, and holds nothing. */
const aboutAService = 'docs/from-the-mcp-service.md';

/** Names that say nothing about what is inside. */
const drawers = [
  'helper',
  'helpers',
  'util',
  'utils',
  'shared',
  'common',
  'manager',
  'managers',
  'service',
  'services',
];

const src = await sourcesBelow('src');
const emulator = await sourcesBelow('emulator');
const web = await sourcesBelow('web');

describe('tidy', () => {
  it('imports only what the table allows', () => {
    const broken = src
      .filter(file => !isTest(file))
      .flatMap(file =>
        file.imports.filter(target => !allowed(file.path, target)).map(target => `${file.path} → ${target}`),
      );
    assert.deepEqual(broken, [], 'Move what is shared to src/domain, or pass it in from src/compose/ (table above).');
  });

  it('keeps src, emulator and web apart', () => {
    const strangers = (files: SourceFile[], ...folders: string[]) =>
      files
        .filter(file => !isTest(file))
        .flatMap(file =>
          file.imports
            .filter(target => !folders.some(folder => target.startsWith(`${folder}/`)))
            .map(target => `${file.path} → ${target}`),
        );
    // The dashboard shows the words of the domain: roles, actions and reasons. It takes nothing else from the gateway.
    const broken = [
      ...strangers(src, 'src'),
      ...strangers(emulator, 'emulator'),
      ...strangers(web, 'web', 'src/domain'),
    ];
    assert.deepEqual(broken, [], 'One mistake must not hide another: write it again on the other side.');
  });

  it('has no import cycles', () => {
    for (const files of [src, emulator, web]) {
      assert.deepEqual(findCycle(files), null, 'Move what both ends need to a file of its own.');
    }
  });

  it('finds a cycle where there is one', () => {
    const file = (path: string, ...imports: string[]): SourceFile => ({ path, text: '', imports });
    assert.deepEqual(findCycle([file('a', 'b'), file('b', 'c'), file('c', 'b')]), ['b', 'c', 'b']);
  });

  it('is no more than ten rooms deep, and most files are chapters', () => {
    const files = src.filter(file => !isTest(file));
    const chain = longestChain(files);
    assert.ok(chain.length <= 10, `Let one of them not know the next: ${chain.join(' → ')}`);
    const tiny = files.filter(({ text }) => text.trimEnd().split('\n').length <= 25);
    assert.ok(tiny.length < 0.15 * files.length, 'Let a file of 25 lines or less join the chapter that it belongs to.');
  });

  it('names no file or folder like a drawer', async () => {
    const folders = ['src', 'emulator', 'web', 'test', 'bench', 'docs', 'examples'];
    const names = (await Promise.all(folders.map(namesBelow))).flat();
    const broken = names.filter(
      path =>
        path !== aboutAService && (path.split('/').at(-1) ?? '').split(/[-.]/).some(word => drawers.includes(word)),
    );
    assert.deepEqual(broken, [], 'Name the thing that is held, such as pkce.ts or base64url.ts.');
  });

  it('reads the environment in src/config/config.ts only', () => {
    const reads =
      /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\s*\[|from\s+'(node:)?process'|\}\s*=\s*process\s*;|loadEnvFile/;
    const broken = src.filter(file => !isTest(file) && file.path !== 'src/config/config.ts' && reads.test(file.text));
    assert.deepEqual(pathsOf(broken), [], 'Add a row to src/config/settings.ts and take the value as a parameter.');
  });

  it('asks PostgreSQL in src/store only, and its own server in src/postgres', () => {
    const asks = /from 'kysely'|\.query\(/;
    const broken = src.filter(
      file => !isTest(file) && !/^src\/(store|postgres)\//.test(file.path) && asks.test(file.text),
    );
    assert.deepEqual(pathsOf(broken), [], 'Give the question a name in src/store, and ask by that.');
  });

  it('sets the status of a connection in src/store/movers.ts only', () => {
    const update = /updateTable\(\s*'connection'\s*\)(?:(?!\.execute).)*?\bstatus\s*:/s;
    const sql = /\bUPDATE\s+connection\b[^`]*?\bSET\b(?:(?!\bWHERE\b)[^`])*?\bstatus\s*=/is;
    const broken = src.filter(file => !isTest(file) && (update.test(file.text) || sql.test(file.text)));
    const moves = 'src/store/movers.ts';
    assert.deepEqual(pathsOf(broken), [moves], 'Name the event in src/domain/connection-states.ts, and move by it.');
  });

  it('sets the state of what has a table of states in one place each', () => {
    const movers = new Map([
      ['webhook_subscription', 'src/store/movers.ts'],
      ['sink', 'src/store/movers.ts'],
      ['workspace_key', 'src/store/movers.ts'],
      ['root_key', 'src/store/movers.ts'],
      ['connect_attempt', 'src/store/movers.ts'],
      ['job', 'src/store/movers.ts'],
    ]);
    for (const [table, mover] of movers) {
      const update = new RegExp(`updateTable\\(\\s*'${table}'\\s*\\)(?:(?!\\.execute).)*?\\bstate\\s*:`, 's');
      const sql = new RegExp(`\\bUPDATE\\s+${table}\\b[^\`]*?\\bSET\\b(?:(?!\\bWHERE\\b)[^\`])*?\\bstate\\s*=`, 'is');
      const broken = src.filter(file => !isTest(file) && (update.test(file.text) || sql.test(file.text)));
      assert.deepEqual(pathsOf(broken), [mover], 'Name the event in its table in src/domain, and move by it.');
    }
  });

  it('gives each exported type a name of its own', () => {
    const owners = new Map<string, string[]>();
    for (const { path, text } of src.filter(file => !isTest(file))) {
      for (const [, name = ''] of text.matchAll(/^export (?:interface|type|class) (\w+)/gm)) {
        owners.set(name, [...(owners.get(name) ?? []), path]);
      }
    }
    const twice = [...owners]
      .filter(([, paths]) => paths.length > 1)
      .map(([name, paths]) => `${name}: ${paths.join(', ')}`);
    assert.deepEqual(twice, [], 'One name for one thing, and one thing for one name.');
  });

  it('exports by name', () => {
    const broken = [...src, ...emulator].filter(file => /^export default\b/m.test(file.text));
    assert.deepEqual(pathsOf(broken), [], 'Name the export: then it is called the same everywhere.');
  });

  it('says who and what it means, in plain English', async () => {
    // Each of these words hides its noun: the caller, the person, the process, the answer.
    const riddles = /\b(?:whoever|whomever|whosever|whichever|what is told)\b/i;
    const others = await Promise.all(['test', 'bench'].map(sourcesBelow));
    const sql = await Promise.all(
      (await namesBelow('src/store/migrations'))
        .filter(path => path.endsWith('.sql'))
        .map(async path => ({ path, text: await readFile(join(root, path), 'utf8') })),
    );
    const files = [...src, ...emulator, ...web, ...others.flat(), ...sql].filter(
      ({ path }) => path !== 'test/tidy.test.ts',
    );
    const broken = files.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => (riddles.test(line) ? [`${path}:${at + 1}`] : [])),
    );
    assert.deepEqual(
      broken,
      [],
      'Name the person or the thing: the caller, the holder of the link, the other process.',
    );
  });

  it('cites only rules and defects that stand in docs/', async () => {
    const known = new Set([
      ...rules.map(({ number }) => `rule ${number}`),
      ...defectGroups.flatMap(({ defects }) => defects.map(({ id }) => id)),
    ]);
    const files = [...src, ...emulator, ...web, ...(await sourcesBelow('test')), ...(await sourcesBelow('bench'))];
    const broken = files.flatMap(({ path, text }) =>
      citations(text)
        .filter(cited => cited.startsWith('rule ') && !known.has(cited))
        .map(cited => `${path}: ${cited}`),
    );
    const defects = files.flatMap(({ path, text }) =>
      [...text.matchAll(/\bdefects? ([A-Z]\d+)/g)]
        .filter(([, id = '']) => !known.has(id))
        .map(([found]) => `${path}: ${found}`),
    );
    assert.deepEqual([...broken, ...defects], [], 'Cite what docs/rules.md and docs/source-defects.md hold.');
  });

  it('has each test file in exactly one ring', async () => {
    const tests = (await Promise.all(['src', 'emulator', 'test'].map(namesBelow))).flat();
    const files = tests.filter(path => path.endsWith('.test.ts'));
    const twice = files.filter(path => rowsOf(path).length > 1);
    assert.deepEqual(twice, [], 'Leave one row of the outer ring that names it, in test/runner/rings.ts.');
    const namesNothing = outerRing
      .flatMap(row => row.files)
      .filter(name => !files.some(path => (name.endsWith('/') ? path.startsWith(name) : path === name)));
    assert.deepEqual(namesNothing, [], 'Take these names out of test/runner/rings.ts: there are no such tests.');
  });

  it('says why each dependency is there', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<
      string,
      object | undefined
    >;
    const kinds = ['dependencies', 'optionalDependencies', 'devDependencies'];
    const names = kinds.flatMap(kind => Object.keys(manifest[kind] ?? {}));
    const reasons = await readFile(join(root, 'decisions/dependencies.md'), 'utf8');
    const listed = [...reasons.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name ?? '');
    assert.deepEqual(
      names.sort(),
      listed.sort(),
      'decisions/dependencies.md has one row for each dependency, and no other.',
    );
  });

  it('says of each table what is in it', async () => {
    const migrations = (await namesBelow('src/store/migrations')).filter(name => name.endsWith('.sql'));
    const sql = await Promise.all(migrations.map(name => readFile(join(root, name), 'utf8')));
    const tables = sql.flatMap(text =>
      [...text.matchAll(/^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/gm)].map(([, name]) => name ?? ''),
    );
    const page = await readFile(join(root, 'docs/storage.md'), 'utf8');
    const missing = tables.filter(name => !page.includes(`| \`${name}\``));
    assert.deepEqual(
      missing,
      [],
      'Add a row to docs/storage.md: what it holds, which secrets and how, and for how long.',
    );
  });

  it('has documentation that agrees with the tables that it is generated from', async () => {
    assert.deepEqual(await staleDocuments(), [], 'Run: npm run docs');
  });
});

/** `src/doors/rest/x.ts` → `doors`; `src/config/config.ts` → `config.ts`. */
function partOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function allowed(from: string, to: string): boolean {
  const [part, target] = [partOf(from), partOf(to)];
  if (!to.startsWith('src/') || part === target || seesEverything.includes(part)) return true;
  return mayImport[part]?.includes(target) ?? false;
}

function pathsOf(files: readonly SourceFile[]): string[] {
  return files.map(({ path }) => path);
}
