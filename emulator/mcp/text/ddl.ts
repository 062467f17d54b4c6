import { invalid } from '../../http/errors.ts';
import { idOf } from '../reference.ts';

/** One statement of a schema change. `config` is what the REST API takes for the property. */
export type Statement =
  | { readonly kind: 'set'; readonly name: string; readonly config: object }
  | { readonly kind: 'drop'; readonly name: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string };

/** `CREATE TABLE ("Name" TITLE, "Status" SELECT('To do':red, 'Done'))` as the REST API's `properties`. */
export function readCreateTable(ddl: string): Record<string, object> {
  const scanner = new Scanner(ddl);
  scanner.word('CREATE');
  scanner.word('TABLE');
  if (scanner.next() !== '(') scanner.skip();
  scanner.symbol('(');
  const properties: Record<string, object> = {};
  while (scanner.next() !== ')') {
    properties[scanner.name()] = readType(scanner);
    if (scanner.next() === ',') scanner.skip();
  }
  return properties;
}

/** `ADD COLUMN "Due" DATE; DROP COLUMN "Old"; RENAME COLUMN "A" TO "B"; ALTER COLUMN "C" SET NUMBER`. */
export function readStatements(ddl: string): Statement[] {
  const scanner = new Scanner(ddl);
  const statements: Statement[] = [];
  while (scanner.next() !== null) {
    if (scanner.next() === ';') scanner.skip();
    else statements.push(readStatement(scanner));
  }
  return statements;
}

function readStatement(scanner: Scanner): Statement {
  const verb = scanner.anyWord();
  scanner.word('COLUMN');
  const name = scanner.name();
  switch (verb) {
    case 'ADD':
      return { kind: 'set', name, config: readType(scanner) };
    case 'DROP':
      return { kind: 'drop', name };
    case 'RENAME':
      scanner.word('TO');
      return { kind: 'rename', name, to: scanner.name() };
    case 'ALTER':
      scanner.word('SET');
      return { kind: 'set', name, config: readType(scanner) };
    default:
      throw invalid(`Invalid DDL: unknown statement ${verb}`);
  }
}

const PLAIN: Readonly<Record<string, string>> = {
  TITLE: 'title',
  RICH_TEXT: 'rich_text',
  TEXT: 'rich_text',
  DATE: 'date',
  PEOPLE: 'people',
  CHECKBOX: 'checkbox',
  URL: 'url',
  EMAIL: 'email',
  PHONE_NUMBER: 'phone_number',
  FILES: 'files',
  STATUS: 'status',
  CREATED_TIME: 'created_time',
  LAST_EDITED_TIME: 'last_edited_time',
  CREATED_BY: 'created_by',
  LAST_EDITED_BY: 'last_edited_by',
};

function readType(scanner: Scanner): object {
  const type = scanner.anyWord();
  const plain = PLAIN[type];
  if (plain !== undefined) return { [plain]: {} };
  switch (type) {
    case 'SELECT':
    case 'MULTI_SELECT':
      return { [type.toLowerCase()]: { options: readOptions(scanner) } };
    case 'NUMBER':
      if (scanner.next() !== 'FORMAT') return { number: {} };
      scanner.skip();
      return { number: { format: scanner.text() } };
    case 'UNIQUE_ID':
      if (scanner.next() !== 'PREFIX') return { unique_id: {} };
      scanner.skip();
      return { unique_id: { prefix: scanner.text() } };
    case 'FORMULA':
      return { formula: { expression: scanner.arguments()[0] ?? '' } };
    case 'RELATION': {
      const [target = '', ...rest] = scanner.arguments();
      const kind = rest.includes('DUAL') ? 'dual_property' : 'single_property';
      return { relation: { data_source_id: idOf(target), type: kind, [kind]: {} } };
    }
    case 'ROLLUP': {
      const [relation, target, operation] = scanner.arguments();
      return { rollup: { relation_property_name: relation, rollup_property_name: target, function: operation } };
    }
    default:
      throw invalid(`Invalid DDL: unknown column type ${type}`);
  }
}

function readOptions(scanner: Scanner): object[] {
  const options: { name: string; color?: string }[] = [];
  if (scanner.next() !== '(') return options;
  scanner.symbol('(');
  while (scanner.next() !== ')') {
    const option: { name: string; color?: string } = { name: scanner.text() };
    if (scanner.next() === ':') {
      scanner.skip();
      option.color = scanner.text();
    }
    options.push(option);
    if (scanner.next() === ',') scanner.skip();
  }
  scanner.symbol(')');
  return options;
}

/** Reads the words, quoted names, quoted texts and symbols of a statement, one after the other. */
class Scanner {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[(),;:]|[^\s(),;:"']+/g) ?? [];
  }

  /** The next token without taking it; words in upper case. */
  next(): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined) return null;
    return /^["']/.test(token) ? token : token.toUpperCase();
  }

  skip(): void {
    this.#at += 1;
  }

  anyWord(): string {
    const word = this.next();
    if (word === null) throw invalid('Invalid DDL: unexpected end');
    this.skip();
    return word;
  }

  word(expected: string): void {
    const found = this.anyWord();
    if (found !== expected) throw invalid(`Invalid DDL: expected ${expected}, found ${found}`);
  }

  symbol(expected: string): void {
    this.word(expected);
  }

  /** A column name: in double quotes, or one word. */
  name(): string {
    return this.text();
  }

  /** What stands in quotes of either kind, or one word as it was written. */
  text(): string {
    const token = this.#tokens[this.#at] ?? '';
    if (token === '') throw invalid('Invalid DDL: unexpected end');
    this.skip();
    const mark = token[0] ?? '';
    return /["']/.test(mark) ? token.slice(1, -1).replaceAll(mark + mark, mark) : token;
  }

  /** Everything between parentheses, without the commas. */
  arguments(): string[] {
    const found: string[] = [];
    this.symbol('(');
    while (this.next() !== ')') {
      if (this.next() === ',' || this.next() === ':') this.skip();
      else found.push(this.text());
    }
    this.symbol(')');
    return found;
  }
}
