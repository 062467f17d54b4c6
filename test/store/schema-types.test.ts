/** Kysely's types of each column agree with PostgreSQL's. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import ts from 'typescript';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { bookkeeping } from '../../src/store/rights/table-rights.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { root } from '../tidy/source.ts';

/** A column, as either side tells of it. */
interface Column {
  readonly name: string;
  /** Names of the types that a value may have when it is read, without null. */
  readonly type: string;
  readonly nullable: boolean;
  readonly mayBeLeftOut: boolean;
}

/** What `pg` makes of a type of PostgreSQL, in TypeScript. */
const typesOf: Readonly<Record<string, string>> = {
  text: 'string',
  uuid: 'string',
  int4: 'number',
  int8: 'number',
  bool: 'boolean',
  timestamptz: 'Date',
  bytea: 'Buffer',
  _text: 'string[]',
  _uuid: 'string[]',
  jsonb: 'json',
};

describe('the types of the schema', () => {
  let test: TestDatabase;
  let database: Database<unknown>;
  before(async () => {
    test = await freshDatabase({ migrated: true });
    database = openDatabase(test.connection);
  });
  after(() => database.close());

  it('have every table and column of the database, and agree with it on type, null and default', async () => {
    const declared = declaredColumns();
    const stored = await storedColumns(database);
    assert.ok(stored.length > 200);
    const names = (columns: readonly Column[]) => columns.map(({ name }) => name).sort();
    assert.deepEqual(names(declared), names(stored));
    const byName = new Map(declared.map(column => [column.name, column]));
    for (const column of stored) {
      const { mayBeLeftOut, ...rest } = column;
      const { mayBeLeftOut: leftOut, ...declaration } = byName.get(column.name) as Column;
      assert.deepEqual(declaration, rest);
      // The other way round is fine: code may have to give what the database would fill in.
      assert.ok(mayBeLeftOut || !leftOut, `${column.name} may be left out, and has no default`);
    }
  });
});

async function storedColumns({ asOwner }: Pick<Database<unknown>, 'asOwner'>): Promise<Column[]> {
  const { rows } = await asOwner(owner =>
    owner.query<{ name: string; type: string; nullable: boolean; mayBeLeftOut: boolean }>(
      `SELECT table_name || '.' || column_name AS name, udt_name AS type, is_nullable = 'YES' AS nullable,
              is_nullable = 'YES' OR column_default IS NOT NULL AS "mayBeLeftOut"
         FROM information_schema.columns WHERE table_schema = 'portcullis' AND table_name <> $1`,
      [bookkeeping],
    ),
  );
  return rows.map(row => ({ ...row, type: typesOf[row.type] ?? `unknown to this test: ${row.type}` }));
}

/** Reads the interface `Schema` with the compiler. */
function declaredColumns(): Column[] {
  const file = join(root, 'src/store/schema.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([file], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const declaration = source?.statements.find(one => ts.isInterfaceDeclaration(one) && one.name.text === 'Schema');
  assert.ok(declaration && ts.isInterfaceDeclaration(declaration));
  const typeOf = (symbol: ts.Symbol) => checker.getTypeOfSymbolAtLocation(symbol, declaration);
  return checker.getPropertiesOfType(checker.getTypeAtLocation(declaration)).flatMap(table =>
    checker.getPropertiesOfType(typeOf(table)).map(column => {
      const type = typeOf(column);
      const select = type.getProperty('__select__');
      const insert = type.getProperty('__insert__');
      const read = select ? typeOf(select) : type;
      const written = insert ? typeOf(insert) : type;
      return {
        name: `${table.name}.${column.name}`,
        type: nameOf(checker, read),
        nullable: has(read, ts.TypeFlags.Null),
        // As Kysely has it: what may be null need not be given.
        mayBeLeftOut: has(written, ts.TypeFlags.Undefined | ts.TypeFlags.Null),
      };
    }),
  );
}

function has(type: ts.Type, flags: ts.TypeFlags): boolean {
  return (type.isUnion() ? type.types : [type]).some(one => (one.flags & flags) !== 0);
}

/** One name for a union of literals or branded strings: what they are at run time. */
function nameOf(checker: ts.TypeChecker, type: ts.Type): string {
  const { Null, Undefined, StringLike, NumberLike, BooleanLike, TemplateLiteral } = ts.TypeFlags;
  const members = (type.isUnion() ? type.types : [type]).filter(one => (one.flags & (Null | Undefined)) === 0);
  const names = members.map(one => {
    if ((one.flags & (StringLike | TemplateLiteral)) !== 0) return 'string';
    if ((one.flags & NumberLike) !== 0) return 'number';
    if ((one.flags & BooleanLike) !== 0) return 'boolean';
    const name = checker.typeToString(one);
    return ['Date', 'string[]'].includes(name) ? name : name.startsWith('Buffer') ? 'Buffer' : 'json';
  });
  return [...new Set(names)].join(' | ');
}
