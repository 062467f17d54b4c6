import type { OperationRow } from './operation-row.ts';
import { operations } from './operations.ts';
import type { NotionVersion } from './versions.ts';

/** One segment of the routing tree: literal segments first, otherwise the parameter. */
interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | null;
  /** Rows that end here, by method; several where versions differ. */
  readonly rows: Map<string, OperationRow[]>;
}

export interface Match {
  readonly row: OperationRow;
  /** Names of the path parameters, by the index of their segment. */
  readonly parameters: readonly (string | null)[];
}

const tree = newNode();
const parametersOf = new Map<OperationRow, readonly (string | null)[]>();
for (const row of operations) plant(row);

function newNode(): Node {
  return { literals: new Map(), parameter: null, rows: new Map() };
}

function plant(row: OperationRow): void {
  let node = tree;
  const names = row.path.split('/').slice(2);
  for (const name of names) {
    const next = name.startsWith(':') ? (node.parameter ?? newNode()) : (node.literals.get(name) ?? newNode());
    if (name.startsWith(':')) node.parameter = next;
    else node.literals.set(name, next);
    node = next;
  }
  node.rows.set(row.method, [...(node.rows.get(row.method) ?? []), row]);
  parametersOf.set(
    row,
    names.map(name => (name.startsWith(':') ? name.slice(1) : null)),
  );
}

/** The row for a method and path, if Notion has that endpoint in that version and it may pass at all. */
export function matchRoute(method: string, segments: readonly string[], version: NotionVersion): Match | null {
  let node = tree;
  for (const segment of segments) {
    const next = node.literals.get(segment) ?? node.parameter;
    if (next === null) return null;
    node = next;
  }
  const row = node.rows.get(method)?.find(candidate => exists(candidate, version));
  return row === undefined ? null : { row, parameters: parametersOf.get(row) ?? [] };
}

function exists(row: OperationRow, version: NotionVersion): boolean {
  return (row.since === undefined || version >= row.since) && (row.until === undefined || version <= row.until);
}
