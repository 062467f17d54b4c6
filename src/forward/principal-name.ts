import type { Principal } from '../domain/principal.ts';

/** Under which name a principal waits for its turns. Portcullis's own calls have turns like everybody's. */
export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
    case 'agent':
      return principal.id;
    case 'system':
      return principal.component;
    case 'anonymous':
      return principal.kind;
  }
}
