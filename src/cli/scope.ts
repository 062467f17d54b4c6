import { UsageError } from './command.ts';

const kinds: Readonly<Record<string, string>> = { page: 'page', 'page-only': 'page_only', database: 'database' };

/** `workspace`, `page:ID`, `page-only:ID` or `database:ID`, as the admin API has it. Throws UsageError. */
export function readScope(text: string): { kind: string; id?: string } {
  if (text === 'workspace') return { kind: 'workspace' };
  const [prefix = '', id = ''] = text.split(':');
  const kind = Object.hasOwn(kinds, prefix) ? kinds[prefix] : undefined;
  if (kind !== undefined && id !== '') return { kind, id };
  throw new UsageError(`"${text}" is no place`, 'give workspace, page:ID, page-only:ID or database:ID');
}
