import { z } from 'zod';

/** A part of the report, as the gateway answers with it. */
export const accessAnswer = z.object({
  connections: z.array(
    z.looseObject({
      id: z.string(),
      kind: z.string(),
      status: z.string(),
      reach: z.string(),
      capabilities: z.array(
        z.looseObject({
          name: z.string(),
          state: z.string(),
          verdict: z.string(),
          advice: z.string().nullable(),
          learnedBy: z.string().nullable(),
        }),
      ),
    }),
  ),
  items: z.array(
    z.looseObject({
      connection: z.string(),
      id: z.string(),
      object: z.string(),
      title: z.string(),
      url: z.string().nullable(),
      root: z.boolean().nullable(),
      publicUrl: z.string().nullable(),
    }),
  ),
  stopped: z.string(),
  stoppedAt: z.string().nullable(),
  nextCursor: z
    .string()
    .regex(/^[\w-]*$/)
    .nullable(),
});

export type AccessAnswer = z.infer<typeof accessAnswer>;
export type ListedConnection = AccessAnswer['connections'][number];
export type ListedItem = AccessAnswer['items'][number];
