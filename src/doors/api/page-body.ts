import { isIP } from 'node:net';
import { z } from 'zod';
import { canonicalId } from '../../notion/ids.ts';

const urlCharsMax = 2_000;
const childrenMax = 100;
const propertiesMax = 500;

/** A Notion id in any spelling that Notion accepts; in the parsed value it is canonical. */
export const notionId = z.string().transform((text, context) => {
  const id = canonicalId(text);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'Expected a Notion id.' });
  return z.NEVER;
});

/** An address on the public web. Notion will fetch it, and so will every reader of the page. */
const publicUrl = z.string().max(urlCharsMax).refine(isPublicUrl, 'Expected the https address of a public site.');

const external = z.strictObject({
  type: z.literal('external').optional(),
  external: z.strictObject({ url: publicUrl }),
});
const fileUpload = z.strictObject({
  type: z.literal('file_upload').optional(),
  file_upload: z.strictObject({ id: notionId }),
});
const emoji = z.strictObject({ type: z.literal('emoji').optional(), emoji: z.string().min(1).max(32) });
const customEmoji = z.strictObject({
  type: z.literal('custom_emoji').optional(),
  custom_emoji: z.strictObject({ id: notionId }),
});

const parent = z.union(
  [
    z.strictObject({ type: z.literal('page_id').optional(), page_id: notionId }),
    z.strictObject({ type: z.literal('data_source_id').optional(), data_source_id: notionId }),
    z.strictObject({ type: z.literal('database_id').optional(), database_id: notionId }),
  ],
  'Expected exactly one of page_id, data_source_id and database_id.',
);

const anObject = z.record(z.string(), z.unknown());

/** The body of `POST /api/pages`: Notion's own for creating a page, without what would go past this check (A5). */
export const pageBody = z.strictObject({
  parent,
  properties: z
    .record(z.string().min(1), anObject)
    .refine(value => Object.keys(value).length <= propertiesMax, `Expected at most ${propertiesMax} properties.`)
    .optional(),
  children: z.array(anObject).max(childrenMax).optional(),
  icon: z
    .union([emoji, external, customEmoji, fileUpload], 'Expected an emoji, an https address or an upload.')
    .optional(),
  cover: z.union([external, fileUpload], 'Expected an https address or an upload.').optional(),
});

export type PageBody = z.infer<typeof pageBody>;
export type PageParent = PageBody['parent'];

function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '') return false;
  return (
    hostname.includes('.') && isIP(hostname) === 0 && !hostname.endsWith('.local') && !hostname.endsWith('.internal')
  );
}
