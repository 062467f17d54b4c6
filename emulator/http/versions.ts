import { ApiError } from './errors.ts';

/** The values that Notion enumerates when it refuses another one, oldest first. */
export const VERSIONS = [
  '2021-05-11',
  '2021-05-13',
  '2021-08-16',
  '2022-02-22',
  '2022-06-28',
  '2025-09-03',
  '2026-03-11',
] as const;
export type Version = (typeof VERSIONS)[number];

/** Since this version an append answers with the new blocks; before, with the block that they went into. */
export const NEW_BLOCKS_SINCE: Version = '2021-08-16';
/** Since this version blocks say `rich_text` for `text`, and filters no longer take `text` and `phone`. */
export const RICH_TEXT_SINCE: Version = '2022-02-22';
/** Since this version a relation says whether it has one side or two; before, it always had two. */
export const RELATION_TYPES_SINCE: Version = '2022-06-28';
/** Since this version databases hold data sources, and rows stand in a data source. */
export const DATA_SOURCES_SINCE: Version = '2025-09-03';
/** Since this version `in_trash` alone says what `archived` said, and `position` replaces `after`. */
export const IN_TRASH_SINCE: Version = '2026-03-11';

/** Dates in this form sort as text. */
export function isSince(version: Version, since: Version): boolean {
  return version >= since;
}

/** Reads the `Notion-Version` header; both messages are as measured. The empty string counts as a value. */
export function readVersion(header: string | undefined): Version {
  const known = VERSIONS.find(version => version === header);
  if (known !== undefined) return known;
  const expectation = header === undefined ? 'defined' : enumerated();
  const actual = header === undefined ? 'undefined' : JSON.stringify(header);
  throw new ApiError(
    400,
    'missing_version',
    `Notion-Version header failed validation: Notion-Version header should be ${expectation}, instead was \`${actual}\`.`,
  );
}

function enumerated(): string {
  const names = VERSIONS.map(version => `\`"${version}"\``);
  const last = names.pop();
  return `${names.join(', ')}, or ${last}`;
}
