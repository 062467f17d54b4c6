import type { Principal } from '../domain/principal.ts';
import type { QueueLine } from './fair-queue.ts';

/** The group of Portcullis's own calls that nobody has asked for: nobody waits for their answers, so what is kept for people is not for them. */
export const systemGroup = 'system';

/**
 * Where the calls of a principal wait for their turns. However many agents somebody owns, together they have as many turns
 * as one person; the owner's own calls are apart from theirs.
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
