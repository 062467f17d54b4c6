/** Every version that Notion publishes, oldest first (https://developers.notion.com/reference/versioning). */
export const notionVersions = [
  '2021-05-11',
  '2021-05-13',
  '2021-08-16',
  '2022-02-22',
  '2022-06-28',
  '2025-09-03',
  '2026-03-11',
] as const;
export type NotionVersion = (typeof notionVersions)[number];

/**
 * Used for clients that send no `Notion-Version`. It is the version of the official SDK. It is pinned, so that an
 * upgrade does not change the form of anyone's data.
 */
export const defaultNotionVersion: NotionVersion = '2025-09-03';

const known: ReadonlySet<string> = new Set(notionVersions);

export function isNotionVersion(value: unknown): value is NotionVersion {
  return typeof value === 'string' && known.has(value);
}

/** Notion's own words for a version that it does not know, with the value that the client sent. */
export function unknownVersionMessage(value: string): string {
  const quoted = notionVersions.map(version => `\`"${version}"\``);
  const list = `${quoted.slice(0, -1).join(', ')}, or ${quoted.at(-1)}`;
  const sent = JSON.stringify(value.length > 55 ? `${value.slice(0, 55)}...` : value);
  return `Notion-Version header failed validation: Notion-Version header should be ${list}, instead was \`${sent}\`.`;
}
