import type { DecidedCall } from '../domain/decided-call.ts';
import type { Door } from '../domain/door.ts';

/**
 * What a call is part of, so that a reader of the log can ask "what did the agent do?".
 *
 * notion: a call to Notion, or one that was to be. administration: Portcullis's own affairs, such as a member who is added.
 * view: what the dashboard read by itself to fill its pages. system: what Portcullis asks Notion for its own reasons.
 * Events beside the calls count as administration.
 */
export const activities = ['notion', 'administration', 'view', 'system'] as const;
export type Activity = (typeof activities)[number];

/** The name under which the dashboard looks up the title of a page that the log names. */
export const titleOperation = 'titles.read';

/** What comes in there is about content in Notion, whatever carries it out. */
const contentDoors: ReadonlySet<Door> = new Set(['rest', 'file_link', 'mcp']);

/** A denied reading is never a mere view: nobody saw a page because of it. */
export function activityOf({ call, caller, decision }: DecidedCall): Activity {
  const { operation, door } = call;
  if (caller.principal.kind === 'system') return 'system';
  const allowedReading = decision.effect === 'allow' && operation.effect === 'read';
  const forPages = operation.target?.kind === 'local' || operation.name === titleOperation;
  if (door === 'dashboard' && allowedReading && forPages) return 'view';
  return operation.target?.kind === 'notion' || contentDoors.has(door) ? 'notion' : 'administration';
}
