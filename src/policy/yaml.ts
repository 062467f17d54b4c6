import { parseDocument, stringify } from 'yaml';

/**
 * One YAML document (1.2, core schema) as plain data, or the problem with it. No key comes twice, and there are no
 * references: so a document of a few lines cannot grow.
 */
export function readYaml(text: string): { readonly value: unknown } | { readonly problems: readonly string[] } {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true, prettyErrors: true });
  const problems = [...document.errors, ...document.warnings].map(({ message }) => message.split('\n')[0] ?? message);
  if (problems.length > 0) return { problems };
  try {
    return { value: document.toJS({ maxAliasCount: 0 }) as unknown };
  } catch {
    return { problems: ['Aliases (*name) are not taken.'] };
  }
}

/** @param revision of the policy: `portcullis policy apply` makes its change on that one */
export function writeYaml(value: unknown, revision: number): string {
  const head = `# The policy of a workspace of Portcullis. Its schema: /api/schemas/policy.json\n# revision: ${revision}\n`;
  return head + stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
