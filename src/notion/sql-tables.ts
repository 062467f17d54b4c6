import { canonicalId } from './ids.ts';

const token = /"(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|[A-Za-z_][\w$]*|[(),;]|\S/g;
/** What ends the list of tables after FROM. */
const clauses: ReadonlySet<string> = new Set([
  ...['WHERE', 'GROUP', 'ORDER', 'LIMIT', 'HAVING', 'UNION', 'EXCEPT', 'INTERSECT', 'WINDOW', 'ON', 'USING', 'SELECT'],
]);
const joins: ReadonlySet<string> = new Set(['FROM', 'JOIN']);

/**
 * The data sources that a query of the hosted server reads: a table is called `"collection://…"`. Null if the text
 * reads anything else, or cannot be followed: then it is not known what it reads.
 */
export function tablesInSql(sql: string): readonly string[] | null {
  const tokens = (sql.match(token) ?? []).filter(word => !/^(?:--|\/\*)/.test(word));
  if (!/^(?:SELECT|WITH)$/i.test(tokens[0] ?? '') || tokens.some(word => /^[`[]/.test(word))) return null;
  const named = new Set(namedQueries(tokens));
  const ids = new Set<string>();
  /** For each open parenthesis, whether a table is to come next, and whether a comma brings another. */
  const levels = [{ next: false, list: false }];
  for (const word of tokens) {
    const level = levels.at(-1);
    if (level === undefined) return null;
    const upper = word.toUpperCase();
    if (word === '(') {
      levels.push({ next: level.next, list: false });
      level.next = false;
    } else if (word === ')') levels.pop();
    else if (word === ';') return tokens.at(-1) === ';' && tokens.indexOf(';') === tokens.length - 1 ? [...ids] : null;
    else if (joins.has(upper)) Object.assign(level, { next: true, list: true });
    else if (clauses.has(upper)) Object.assign(level, { next: false, list: false });
    else if (word === ',' && level.list) level.next = true;
    else if (level.next) {
      const id = tableOf(word);
      if (id === null && !named.has(upper)) return null;
      if (id !== null) ids.add(id);
      level.next = false;
    } else if (/collection:/i.test(word) && word.startsWith('"')) {
      const id = tableOf(/^"(collection:\/\/[0-9a-f-]+)/i.exec(word)?.[0].concat('"') ?? '');
      if (id === null) return null;
      ids.add(id);
    }
  }
  return levels.length === 1 && ids.size > 0 ? [...ids] : null;
}

function tableOf(word: string): string | null {
  return canonicalId(/^"collection:\/\/([0-9a-f-]{32,36})"$/i.exec(word)?.[1] ?? '');
}

/** Names that a WITH gives to queries of its own: `name AS (`. */
function namedQueries(tokens: readonly string[]): string[] {
  if (!/^WITH$/i.test(tokens[0] ?? '')) return [];
  return tokens.flatMap((word, at) => {
    const next = tokens[at + 1]?.toUpperCase();
    return next === 'AS' && tokens[at + 2] === '(' && /^[A-Za-z_]\w*$/.test(word) ? [word.toUpperCase()] : [];
  });
}
