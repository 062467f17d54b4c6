import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { PortcullisError } from '../../domain/errors.ts';
import type { Call, Problem } from '../../domain/operation.ts';
import { anonymous, type Caller, type Credentials } from '../../domain/principal.ts';
import { whenClosed } from '../../domain/when-closed.ts';
import { createHeldBodies } from '../held-bodies.ts';
import type { Pace } from '../pace.ts';
import { restLimits } from './limits.ts';
import { type Body, hasBody, readBody } from './read-body.ts';

/** Who calls. Bad credentials give an anonymous caller. */
export type IdentifyCaller = (call: Pick<Call, 'credentials'>) => Promise<Caller>;

export type ReadKnownBody = (
  request: IncomingMessage,
  credentials: Credentials,
) => Promise<{ readonly body: Body } | { readonly problem: Problem }>;

/**
 * Reads the bodies of callers whom we know. A stranger's stays unread, so that nothing is held or looked through for
 * strangers: their calls are denied whatever is in it. One caller cannot hold more than so many unfinished bodies, however
 * many connections are open. Rejects only when the client goes away.
 */
export function createKnownBodies(identify: IdentifyCaller, pace: Pace): ReadKnownBody {
  const bodies = createHeldBodies(restLimits.bodies);
  return async function readKnownBody(request, credentials) {
    if (!hasBody(request)) return { body: null };
    // What cannot be known now is asked again by the path, which says so.
    const caller = await identify({ credentials }).catch(() => anonymous('no_credentials'));
    const sender = senderOf(caller);
    if (sender === null) return { body: null };
    const release = bodies.hold(sender);
    if (release === null) return { problem: { code: 'rate_limited', message: 'Too many unfinished uploads at once.' } };
    try {
      const body = await readBody(request, pace);
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

function senderOf({ principal }: Caller): string | null {
  return principal.kind === 'user' || principal.kind === 'agent' ? principal.id : null;
}
