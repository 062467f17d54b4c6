import { z } from 'zod';
import { list } from './values.ts';

/** An object as Notion returns it, without the parts that the reader may not see. */
const notionObject = z.record(z.string(), z.unknown());

export const pageAnswer = z.object({ page: notionObject });
export const titlesAnswer = z.object({ titles: z.record(z.string(), z.string()) });
export const discoveryAnswer = z
  .object({
    items: list(
      z
        .object({
          id: z.string(),
          object: z.enum(['page', 'data_source', 'database']),
          title: z.string(),
          url: z.string().nullable(),
          parent: z.object({ type: z.string(), id: z.string().nullable() }).nullable(),
          lastEditedTime: z.string().nullable(),
        })
        .meta({ id: 'DiscoveredItem' }),
    ),
    nextCursor: z.string().nullable(),
    complete: z.boolean(),
  })
  .meta({ id: 'Discovery' });
