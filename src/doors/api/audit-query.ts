import { z } from 'zod';
import { activities } from '../../audit/activity.ts';
import { actions } from '../../domain/action.ts';
import { doors } from '../../domain/door.ts';
import { isId, type KeyId, type SessionId, type UserId } from '../../domain/ids.ts';
import { idOf, notionObject } from './fields.ts';

const time = z.iso.datetime({ offset: true }).transform(text => new Date(text));

const activityList = z
  .string()
  .max(100)
  .transform(text => text.split(','))
  .pipe(z.array(z.enum(activities)));

/** What to look for in a log. Every criterion that is given must match. */
export const auditFilters = {
  principal: z.string().max(64).optional().describe('Id of the user or agent that called.'),
  person: z
    .custom<UserId>(value => isId('usr', value), 'Expected the id of a person.')
    .optional()
    .describe('Id of a person: their own calls, and those of the agents that they answer for.'),
  credential: z
    .custom<KeyId | SessionId>(value => isId('key', value) || isId('ses', value), 'Expected the id of a key.')
    .optional()
    .describe('Id of the key, or of the session, that the call came with.'),
  operation: z.string().max(64).optional().describe('Name of the operation, such as `pages.update`.'),
  action: z.enum(actions).optional().describe('What the call needed to be allowed on an object.'),
  effect: z.enum(['allow', 'deny']).optional(),
  result: z
    .enum(['done', 'refused', 'failed', 'not_sent', 'unknown', 'streaming', 'open'])
    .optional()
    .describe('How the call ended; `open` finds intents that nothing has closed yet.'),
  door: z.enum(doors).optional().describe('Where the call came in; `dashboard` is a person in a browser.'),
  activity: activityList
    .optional()
    .describe(
      `Any of ${activities.map(name => `\`${name}\``).join(', ')}, separated by commas: calls to Notion, Portcullis's own affairs, what the dashboard read to fill its pages, and what Portcullis asked Notion for its own reasons.`,
    ),
  page: notionObject.optional().describe('A page, or another object in Notion: its id or its address.'),
  subtree: notionObject
    .optional()
    .describe('Likewise, and everything that the page index knows to stand below it today.'),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('In the reason of a decision or an event, or in the error that a call ended with.'),
  text: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('In any value of an entry, or in the name of who called; upper and lower case are the same.'),
  since: time.optional(),
  until: time.optional(),
};

export const auditPaging = {
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'Expected a cursor from an earlier answer.')
    .transform(Number)
    .optional()
    .describe('`nextCursor` of the answer before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

export const auditWorkspace = {
  workspace: idOf('wsp').optional().describe('The workspace; a key needs none, since it is bound to one.'),
};

export const exportFormat = z
  .enum(['csv', 'jsonl', 'skill'])
  .default('jsonl')
  .describe(
    '`jsonl`: one JSON object a line, with everything; `csv`: a table; `skill`: JSON lines in the form and the words of the source system.',
  );
