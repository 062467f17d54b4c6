import { z } from 'zod';
import { list, time } from './values.ts';

const key = z
  .object({
    id: z.string(),
    name: z.string(),
    principalId: z.string(),
    principalName: z.string(),
    ending: z.string().describe('The last characters of the secret.'),
    ceiling: list(z.string()).nullable().describe('What it may be used for at most; null for no limit of its own.'),
    under: list(z.string())
      .nullable()
      .describe('Pages and databases that it is limited to, with everything under them; null for no such limit.'),
    createdBy: z.string(),
    createdAt: time,
    expiresAt: time,
    lastUsedAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'Key' });

const firstCall = z
  .object({
    time,
    operation: z.string(),
    effect: z.enum(['allow', 'deny']),
    because: z.string().nullable(),
    status: z.int().nullable(),
  })
  .meta({ id: 'FirstCall' });

export const keyAnswer = z.object({ key });
export const keyWithCallAnswer = z.object({ key, firstCall: firstCall.nullable() });
export const keysAnswer = z.object({ keys: list(key), total: z.int() }).meta({ id: 'KeyPage' });
export const newKeyAnswer = z
  .object({
    key,
    secret: z.string(),
    asNotionToken: z.string().describe('The same, in the form of a token of Notion.'),
  })
  .meta({ id: 'NewKey' });
