import { z } from 'zod';
import { activities } from '../../../audit/activity.ts';
import { doors } from '../../../domain/door.ts';
import { list, time } from './values.ts';

const outcome = z
  .object({
    id: z.string(),
    time: z.string(),
    result: z.string(),
    status: z.int().nullable(),
    withheld: z.int(),
    upstreamMs: z.number().nullable(),
    error: z.string().nullable(),
    upstreamRequestId: z.string().nullable(),
  })
  .meta({ id: 'AuditOutcome' });

/** Further fields of an entry are shown too: the log is kept for ever, and older entries stay as they were written. */
const withMore = { additionalProperties: true };

const entry = z
  .object({
    id: z.string(),
    time: z.string(),
    kind: z.enum(['intent', 'denial', 'event', 'summary']),
    operation: z.string(),
    principal: z
      .object({ kind: z.string(), id: z.string().nullable(), owner: z.string().nullable() })
      .meta(withMore)
      .nullable(),
    clientAddress: z.string().nullable(),
    requestId: z.string().nullable(),
    outcome: outcome.nullable(),
    index: z
      .int()
      .nullable()
      .describe('Its place in the log: of a call, that of the entry that closed it. Null while it waits for one.'),
    activity: z.enum(activities).optional().describe('Of decisions only, like the five after it.'),
    door: z.enum(doors).optional(),
    credential: z.string().nullable().optional(),
    objects: list(
      z.object({ kind: z.string(), id: z.string().nullable(), action: z.string() }).meta(withMore),
    ).optional(),
    decision: z.object({ because: z.string(), role: z.string().nullable() }).meta(withMore).optional(),
    connection: z.object({ id: z.string(), because: z.string() }).meta(withMore).nullable().optional(),
    result: z.string().optional().describe('Of events only, like the one after it.'),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  })
  .meta({ id: 'AuditEntry', ...withMore });

export const auditPage = z
  .object({
    entries: list(entry),
    names: z.record(z.string(), z.string()).describe('What ids in these entries are called.'),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'AuditPage' });

const hourCount = z
  .object({
    hour: time.describe('When the hour began, in UTC.'),
    allowed: z.int(),
    denied: z.int(),
    events: z.int().describe('Events beside the calls.'),
  })
  .meta({ id: 'AuditHour' });

export const auditCounts = z
  .object({
    hours: list(hourCount).describe('Oldest first; an hour without any is left out.'),
    since: time
      .nullable()
      .describe('From when on they were counted, where there were too many to count from the beginning.'),
  })
  .meta({ id: 'AuditCounts' });

/** The present state of a log. */
export const logHead = z
  .object({
    origin: z.string().describe('The name of the log.'),
    size: z.int().describe('How many entries the newest checkpoint covers.'),
    checkpoint: z.string().describe('The newest checkpoint, a signed note: keep it, for `audit verify --against`.'),
    keys: list(z.string()).describe('Every public key of the log, oldest first, for `audit verify --key`.'),
  })
  .meta({ id: 'LogHead' });
