import type { DecidedCall } from '../domain/decided-call.ts';
import type { Door } from '../domain/door.ts';

/**
 * The activity that a call belongs to, so that a reader of the log can ask "what did the agent do?".
 *
 * notion: a call to Notion, or one that was meant for it. administration: Portcullis's own affairs, such as a member
 * who is added. view: readings of the dashboard to fill its pages. system: Portcullis's own questions to Notion. Events
 * beside the calls count as administration.
 */
export const activities = ['notion', 'administration', 'view', 'system'] as const;
export type Activity = (typeof activities)[number];

/** The name under which the dashboard looks up the title of a page that the log names. */
export const titleOperation = 'titles.read';

/** Calls through these doors are about content in Notion, even if Portcullis itself answers them. */
const contentDoors: ReadonlySet<Door> = new Set(['rest', 'file_link', 'mcp']);

/** A denied reading is never a mere view, because it filled no page. */
export function activityOf({ call, caller, decision }: DecidedCall): Activity {
  const { operation, door } = call;
  if (caller.principal.kind === 'system') return 'system';
  const allowedReading = decision.effect === 'allow' && operation.effect === 'read';
  const forPages = operation.target?.kind === 'local' || operation.name === titleOperation;
  if (door === 'dashboard' && allowedReading && forPages) return 'view';
  return operation.target?.kind === 'notion' || contentDoors.has(door) ? 'notion' : 'administration';
}
