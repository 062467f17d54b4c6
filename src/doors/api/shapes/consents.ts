import { z } from 'zod';
import { list, time } from './values.ts';

const consent = z
  .object({
    id: z.string(),
    clientId: z.string(),
    clientName: z.string().describe('What the client calls itself.'),
    principalId: z.string().describe('As whom it calls: you, or an agent of yours.'),
    ceiling: list(z.string()).describe('What it may be used for at most.'),
    under: list(z.string())
      .nullable()
      .describe('Pages and databases that it is limited to, with everything under them; null for no such limit.'),
    createdAt: time,
    expiresAt: time,
    lastUsedAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'Consent' });

export const consentAnswer = z.object({ consent });
export const consentsAnswer = z.object({ consents: list(consent) });
