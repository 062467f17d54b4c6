import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { PortcullisError } from '../domain/errors.ts';
import type { Call, Problem } from '../domain/operation.ts';
import { anonymous, type Caller, type Credentials } from '../domain/principal.ts';
import { whenClosed } from '../domain/when-closed.ts';
import { createHeld } from './held.ts';
import { hasBody } from './whole-body.ts';

/** Identifies the caller. Bad credentials give an anonymous caller. */
export type IdentifyCaller = (call: Pick<Call, 'credentials'>) => Promise<Caller>;

/** Returns the result of `read`; null for a request without a body, and for one of a stranger. */
export type ReadKnownBody = <Body>(
  request: IncomingMessage,
  credentials: Credentials,
  read: () => Promise<Body>,
) => Promise<{ readonly body: Body | null } | { readonly problem: Problem }>;

/** Unfinished bodies of known callers: JSON is held in memory, and a form holds a connection to Notion. */
export const knownBodiesMax = { all: 512, each: 32, group: 128 };

/**
 * Reads the bodies of known callers. The body of a stranger stays unread, because the call is denied anyway: so
 * strangers cannot make us hold or parse data. One caller, and one workspace, can hold only a limited number of
 * unfinished bodies, over all connections. Rejects only if the client goes away.
 */
export function createKnownBodies(identify: IdentifyCaller): ReadKnownBody {
  const bodies = createHeld(knownBodiesMax);
  return async function readKnownBody(request, credentials, read) {
    if (!hasBody(request)) return { body: null };
    // What cannot be known now is asked again by the path, which says so.
    const caller = await identify({ credentials }).catch(() => anonymous('no_credentials'));
    const sender = senderOf(caller);
    if (sender === null) return { body: null };
    const release = bodies.hold({ all: '', ...sender });
    if (release === null) return { problem: { code: 'rate_limited', message: 'Too many unfinished bodies at once.' } };
    try {
      const body = await read();
      if (body instanceof Readable) whenClosed(body, release);
      else release();
      return { body };
    } catch (error) {
      release();
      if (error instanceof PortcullisError) return { problem: { code: error.code, message: error.message } };
      throw error;
    }
  };
}

/** The sender of a body: a principal of a workspace. Null for strangers. */
function senderOf({ principal, boundTo }: Caller): { readonly each: string; readonly group: string } | null {
  const isKnown = principal.kind === 'user' || principal.kind === 'agent';
  return isKnown ? { each: principal.id, group: boundTo ?? principal.id } : null;
}
