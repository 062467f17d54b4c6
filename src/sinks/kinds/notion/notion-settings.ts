import { z } from 'zod';
import { canonicalId } from '../../../notion/ids.ts';
import { sinkOnly } from '../../record.ts';

/** An id of Notion's in any spelling that Notion accepts, made canonical. */
const notionObjectId = z.string().transform((value, context) => {
  const id = canonicalId(value);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'Expected the id of a page or database of Notion' });
  return z.NEVER;
});

/** Notion accepts some three requests in a second, and there are soon more reads than that. */
const notionChoices = {
  only: sinkOnly,
  reads: z.boolean().default(false).describe('Rows also for calls that were allowed and changed nothing.'),
};

export const notionSettings = z.strictObject({
  ...notionChoices,
  databaseId: notionObjectId.describe('A database with the columns Action, User, Result, Resource and Timestamp.'),
});

/** Instead of a database: the page below which one is made. */
export const newNotionDatabase = z.strictObject({
  ...notionChoices,
  parentPageId: notionObjectId.describe('A database with the right columns is made below this page.'),
});
