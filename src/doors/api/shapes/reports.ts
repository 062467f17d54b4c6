import { z } from 'zod';
import { list, time } from './values.ts';

const finding = z
  .object({
    capability: z.string(),
    name: z.string().describe('As Notion’s settings page calls it.'),
    state: z.enum(['held', 'lacking', 'unknown']),
    need: z.enum(['in_use', 'possible', 'none']),
    verdict: z.enum(['fits', 'excess', 'spare', 'missing', 'unknown']),
    advice: z.string().nullable(),
    learnedBy: z.string().nullable(),
    shownBy: z.string().nullable(),
    learnedAt: time.nullable(),
  })
  .meta({ id: 'CapabilityFinding' });

const connection = z
  .object({
    id: z.string(),
    kind: z.enum(['rest', 'mcp', 'internal']),
    status: z.string(),
    audience: z.enum(['members', 'owner']),
    reach: z.enum(['listed', 'private', 'not_working', 'hosted_mcp']),
    userInformation: z.enum(['none', 'without_email', 'with_email', 'at_least_without_email', 'unknown']).nullable(),
    capabilities: list(finding),
  })
  .meta({ id: 'ReportedConnection' });

const item = z
  .object({
    connection: z.string(),
    id: z.string(),
    object: z.string(),
    title: z.string(),
    url: z.string().nullable(),
    root: z.boolean().nullable(),
    publicUrl: z.string().nullable(),
  })
  .meta({ id: 'ReachedItem' });

export const capabilitiesAnswer = z.object({ connections: list(connection) });

export const accessReport = z
  .object({
    connections: list(connection),
    items: list(item),
    stopped: z.enum(['complete', 'limit', 'time', 'inconsistent', 'refused', 'rate_limited', 'unavailable']),
    stoppedAt: z.string().nullable(),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'AccessReport' });
