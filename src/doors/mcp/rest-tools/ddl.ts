import { invalid, type NotionJson } from './notion-calls.ts';
import { idOf } from './references.ts';

const plainTypes: Readonly<Record<string, string>> = {
  ...{ TITLE: 'title', TEXT: 'rich_text', RICH_TEXT: 'rich_text', DATE: 'date', PEOPLE: 'people', FILES: 'files' },
  ...{ CHECKBOX: 'checkbox', URL: 'url', EMAIL: 'email', PHONE_NUMBER: 'phone_number', STATUS: 'status' },
  ...{ CREATED_TIME: 'created_time', CREATED_BY: 'created_by' },
  ...{ LAST_EDITED_TIME: 'last_edited_time', LAST_EDITED_BY: 'last_edited_by' },
};

/** `CREATE TABLE ("Name" TITLE, "Status" SELECT('To do':red, 'Done'))` as properties of Notion's REST API. Throws `ToolFailure`. */
export function readCreateTable(statement: string): NotionJson {
  const words = wordsIn(statement);
  words.expect('CREATE');
  words.expect('TABLE');
  if (words.peek() !== '(') words.take();
  words.expect('(');
  const properties: NotionJson = {};
  while (words.peek() !== ')') {
    properties[words.name()] = columnType(words);
    if (words.peek() === ',') words.take();
  }
  return properties;
}

/**
 * `ADD COLUMN "Due" DATE; DROP COLUMN "Old"; …` as one change, so that all or none of it happens. Throws `ToolFailure`.
 */
export function readAlterations(statements: string): NotionJson {
  const words = wordsIn(statements);
  const properties: NotionJson = {};
  while (words.peek() !== null) {
    if (words.peek() === ';') {
      words.take();
      continue;
    }
    const verb = words.take().toUpperCase();
    words.expect('COLUMN');
    const name = words.name();
    if (Object.hasOwn(properties, name)) throw invalid(`"${name}" is changed twice.`);
    properties[name] = alteration(verb, words);
  }
  return properties;
}

function alteration(verb: string, words: Words): NotionJson | null {
  switch (verb) {
    case 'ADD':
      return columnType(words);
    case 'DROP':
      return null;
    case 'RENAME':
      words.expect('TO');
      return { name: words.name() };
    case 'ALTER':
      words.expect('SET');
      return columnType(words);
    default:
      throw invalid(`Unknown statement: ${verb.slice(0, 40)}`);
  }
}

function columnType(words: Words): NotionJson {
  const type = words.take().toUpperCase();
  const plain = plainTypes[type];
  if (plain !== undefined) return { [plain]: {} };
  switch (type) {
    case 'SELECT':
    case 'MULTI_SELECT':
      return { [type.toLowerCase()]: { options: options(words) } };
    case 'NUMBER':
      return { number: words.after('FORMAT', 'format') };
    case 'UNIQUE_ID':
      return { unique_id: words.after('PREFIX', 'prefix') };
    case 'FORMULA':
      return { formula: { expression: words.list()[0] ?? '' } };
    case 'RELATION': {
      const [target = '', ...more] = words.list();
      const kind = more.some(word => word.toUpperCase() === 'DUAL') ? 'dual_property' : 'single_property';
      return { relation: { data_source_id: idOf(target), type: kind, [kind]: {} } };
    }
    case 'ROLLUP': {
      const [relation, target, calculation] = words.list();
      return { rollup: { relation_property_name: relation, rollup_property_name: target, function: calculation } };
    }
    default:
      throw invalid(`Unknown column type: ${type.slice(0, 40)}`);
  }
}

function options(words: Words): object[] {
  const found: object[] = [];
  if (words.peek() !== '(') return found;
  words.expect('(');
  while (words.peek() !== ')') {
    const name = words.name();
    const coloured = words.peek() === ':';
    if (coloured) words.take();
    found.push(coloured ? { name, color: words.name() } : { name });
    if (words.peek() === ',') words.take();
  }
  words.expect(')');
  return found;
}

interface Words {
  /** The next word, without taking it. */
  peek(): string | null;
  take(): string;
  expect(word: string): void;
  /** Text in quotes of either kind, or one bare word. */
  name(): string;
  /** The items between parentheses. */
  list(): string[];
  /** An optional word and the value after it. */
  after(word: string, key: string): NotionJson;
}

const tokens = /"(?:[^"]|"")*"|'(?:[^']|'')*'|[(),;:]|[^\s(),;:"']+/g;

function wordsIn(text: string): Words {
  const all = text.match(tokens) ?? [];
  let at = 0;
  const words: Words = {
    peek: () => all[at] ?? null,
    take() {
      const word = all[at++];
      if (word === undefined) throw invalid('The statement ends too early.');
      return word;
    },
    expect(word) {
      const found = words.take();
      if (found.toUpperCase() !== word) throw invalid(`Expected ${word}, found ${found.slice(0, 40)}`);
    },
    name() {
      const word = words.take();
      const mark = word[0] ?? '';
      return mark === '"' || mark === "'" ? word.slice(1, -1).replaceAll(mark + mark, mark) : word;
    },
    list() {
      const found: string[] = [];
      words.expect('(');
      while (words.peek() !== ')') {
        if (words.peek() === ',' || words.peek() === ':') words.take();
        else found.push(words.name());
      }
      words.expect(')');
      return found;
    },
    after(word, key) {
      if (words.peek()?.toUpperCase() !== word) return {};
      words.take();
      return { [key]: words.name() };
    },
  };
  return words;
}
