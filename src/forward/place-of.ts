import type { Principal } from '../domain/principal.ts';
import type { QueueLine } from './fair-queue.ts';

/**
 * The group of Portcullis's own calls that no caller caused. No person waits for their answers, so they get nothing of
 * the part that is reserved for people.
 */
export const systemGroup = 'system';

/**
 * The line in which a principal's calls wait. All agents of one owner together have as many turns as one person; the
 * owner's own calls wait in a line of their own.
 */
export function placeOf(principal: Principal): QueueLine {
  switch (principal.kind) {
    case 'user':
      return { group: principal.id, member: principal.id };
    case 'agent':
      return { group: `agents of ${principal.owner}`, member: principal.id };
    case 'system':
      if (principal.onBehalfOf !== undefined) return placeOf(principal.onBehalfOf);
      return { group: systemGroup, member: principal.component };
    case 'anonymous':
      return { group: principal.kind, member: principal.kind };
  }
}
