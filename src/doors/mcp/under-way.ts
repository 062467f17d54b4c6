import type { Credentials } from '../../domain/principal.ts';
import type { RequestId } from './read-message.ts';

/** Requests under way, so that their client can cancel them by their ids. */
export interface UnderWay {
  /** Returns the function to call at the end. */
  enter(credentials: Credentials, id: RequestId, controller: AbortController): () => void;
  /** Does nothing if there is no request of that id, or if it belongs to another caller. */
  cancel(credentials: Credentials, id: unknown): void;
}

export function createUnderWay(): UnderWay {
  const requests = new Map<string, AbortController>();
  const keyOf = (credentials: Credentials, id: unknown) =>
    'token' in credentials ? JSON.stringify([credentials.token, id]) : '';
  return {
    enter(credentials, id, controller) {
      const key = keyOf(credentials, id);
      requests.set(key, controller);
      return () => {
        if (requests.get(key) === controller) requests.delete(key);
      };
    },
    cancel(credentials, id) {
      requests.get(keyOf(credentials, id))?.abort();
    },
  };
}
