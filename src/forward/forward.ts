import { Readable } from 'node:stream';
import type { RunningDigest } from '../domain/digest.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Answer, CommandContext, NotionRequest } from '../domain/operation.ts';
import type { Ruling } from '../domain/ruling.ts';
import type { Now } from '../domain/units.ts';
import type { AccessTokens } from './access-tokens.ts';
import { deliver } from './deliver.ts';
import { createPermit } from './permit.ts';
import { notSent } from './public-error.ts';
import type { Sending } from './send.ts';
import { createTurns, type GiveBack } from './turns.ts';
import type { Upstream } from './upstream.ts';

export interface ForwardParts {
  readonly upstream: Upstream;
  readonly tokens: AccessTokens;
  /** Whether the ruling would still be made now. Asked only about calls that had to wait (rule 10). */
  readonly stillAllowed: (ruling: Ruling) => Promise<boolean>;
  /** Starts the keyed digest of a body that is streamed. */
  readonly startDigest: () => RunningDigest;
  readonly now: Now;
}

/** Carries out an allowed call. Throws `PortcullisError`, whose `fate` says what became of a call to Notion. */
export type Forward = (ruling: Ruling) => Promise<Answer>;

/** How many calls may wait for each connection. Beyond that, waiting would only end in a timeout. */
const waitingPerConnection = 8;

export function createForward(parts: ForwardParts): Forward {
  const { upstream, tokens } = parts;
  const turns = createTurns(upstream.connections, upstream.connections * waitingPerConnection);

  return async function forward(ruling) {
    const { target } = ruling.call.operation;
    if (target === null) throw new PortcullisError('internal', undefined, { log: 'allowed, but without a target' });
    if (target.kind === 'local') return target.run(contextOf(ruling));

    const sending = sendingOf(ruling, target);
    const giveBack = await takeTurn(sending.signal);
    let streamed: Readable | null = null;
    try {
      const answer = await deliver(upstream, tokens, ruling, sending);
      if (answer.body instanceof Readable) streamed = answer.body.once('close', giveBack);
      return answer;
    } finally {
      if (streamed === null) giveBack();
    }
  };

  function sendingOf(ruling: Ruling, request: NotionRequest): Sending {
    const { operation, signal } = ruling.call;
    return {
      operation,
      request,
      permit: createPermit(ruling, parts.stillAllowed, parts.now),
      // A write is never cancelled: whoever asked for it may be gone, but nobody could say whether it happened.
      signal: operation.effect === 'read' ? signal : null,
      digest: request.body instanceof Readable ? parts.startDigest() : null,
    };
  }

  async function takeTurn(signal: AbortSignal | null): Promise<GiveBack> {
    const turn = await turns.take(signal).catch(() => {
      throw notSent('the client went away while its call waited');
    });
    if (turn === null) throw notSent('too many calls wait for Notion');
    return turn;
  }
}

function contextOf({ call, caller, facts }: Ruling): CommandContext {
  const { clientAddress, requestId } = call;
  return { caller, workspaceId: facts.workspaceId, clientAddress, requestId };
}
