import { z } from 'zod';

export const reading = { readOnlyHint: true } as const;

export const pageParent = z.strictObject({ page_id: z.string(), type: z.literal('page_id').optional() });
export const databaseParent = z.strictObject({ database_id: z.string(), type: z.literal('database_id').optional() });
export const dataSourceParent = z.strictObject({
  data_source_id: z.string(),
  type: z.literal('data_source_id').optional(),
});

/** Values of properties by name, as the cells of a table: `date:Due:start` and so on for dates. */
export const flatValues = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number()]))]),
);

export const markdownText = z.string().describe('Notion-flavoured Markdown');
