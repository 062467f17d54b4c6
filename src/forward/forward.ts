import { Readable } from 'node:stream';
import type { Action } from '../domain/action.ts';
import { askerOf } from '../domain/asker-of.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { RunningDigest } from '../domain/digest.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ConfirmShared } from '../domain/file-fetching.ts';
import { carriedLinkGone } from '../domain/file-links.ts';
import type { Answer, CommandContext, NotionRequest } from '../domain/operation.ts';
import type { Now } from '../domain/units.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { RateBudget } from './budget/budget.ts';
import { deliver } from './deliver.ts';
import { type HostedServer, readToolAnswer } from './hosted.ts';
import { createPermit, type Permit } from './permit.ts';
import { neverSent, notSent, whenGone } from './public-error.ts';
import type { Sending } from './send.ts';
import { createTurns, type GiveBack, heldUntilClosed, holderOf, sharedTurns } from './turns.ts';
import type { Upstream } from './upstream.ts';

export interface ForwardParts {
  readonly upstream: Upstream;
  /** Notion's MCP server, for calls of tools. */
  readonly hosted: HostedServer;
  readonly tokens: AccessTokens;
  /** Notion's rate limits, of which this call takes its share. */
  readonly budget: Pick<RateBudget, 'take' | 'giveBack' | 'answered'>;
  /** Whether the call would still be allowed now. Asked only about calls that had to wait (rule 10). */
  readonly stillAllowed: (decided: DecidedCall) => Promise<boolean>;
  readonly confirmShared: ConfirmShared;
  /** Starts the keyed digest of a body that is streamed. */
  readonly startDigest: () => RunningDigest;
  readonly now: Now;
}

/** Carries out an allowed call. Throws `PortcullisError`; its `fate` says what happened to a call to Notion. */
export type Forward = (decided: DecidedCall) => Promise<Answer>;

export function createForward(parts: ForwardParts): Forward {
  const { upstream, hosted, tokens, budget } = parts;
  const turns = createTurns(sharedTurns(upstream.connections));
  const uploadTurns = createTurns(sharedTurns(upstream.uploads));

  return async function forward(decided) {
    const { target } = decided.call.operation;
    if (target === null) throw new PortcullisError('internal', undefined, { log: 'allowed, but without a target' });
    if (target.kind === 'local') return target.run(contextOf(decided, permitOf(decided)));

    if (target.carries !== undefined) throw notSent('links to files were left in a request');
    const sending = sendingOf(decided, target.hosted === undefined ? target : { ...target, path: hosted.path });
    await confirmFiles(contextOf(decided, sending.permit), target);
    await takeShare(decided, sending);
    try {
      const answer = await sendInTurn(decided, sending);
      budget.answered(decided, answer);
      return answer;
    } catch (error) {
      if (error instanceof PortcullisError && error.details.fate === 'not_sent') budget.giveBack(decided);
      throw error;
    }
  };

  async function sendInTurn(decided: DecidedCall, sending: Sending): Promise<Answer> {
    const giveBack = await takeTurn(decided, sending);
    if (sending.request.hosted === undefined) {
      return heldUntilClosed(giveBack, () => deliver(upstream, tokens, decided, sending));
    }
    const answer = await heldUntilClosed(giveBack, () => deliver(hosted.upstream, tokens, decided, sending));
    return readToolAnswer(answer, sending.operation);
  }

  /** What Notion has hidden since is not put into a page that more people see. */
  async function confirmFiles(context: CommandContext, { files = [] }: NotionRequest): Promise<void> {
    for (const file of files) await neverSent(parts.confirmShared(file, context)).catch(whenHidden);
  }

  function permitOf(decided: DecidedCall): Permit {
    return createPermit(decided, parts.stillAllowed, parts.now);
  }

  function sendingOf(decided: DecidedCall, request: NotionRequest): Sending {
    const { operation, signal } = decided.call;
    return {
      operation,
      request,
      permit: permitOf(decided),
      // A running write is never cancelled. Its caller may be gone, but after a cancel it would be unknown whether it
      // happened.
      signal: operation.effect === 'read' ? signal : null,
      digest: request.body instanceof Readable ? parts.startDigest() : null,
    };
  }

  /**
   * Waits if Notion's limits demand it. After a wait, the decision is checked again before the call is sent (rule 10).
   * Here and in the next line, even a write may be given up: nothing was sent yet.
   */
  async function takeShare(decided: DecidedCall, { permit }: Sending): Promise<void> {
    const waiting = budget.take(decided, decided.call.signal);
    if (waiting === null) return;
    await waiting.catch(whenGone);
    try {
      await neverSent(permit.renew());
    } catch (error) {
      budget.giveBack(decided);
      throw error;
    }
  }

  function takeTurn(decided: DecidedCall, { request }: Sending): Promise<GiveBack> {
    const line = request.body instanceof Readable ? uploadTurns : turns;
    const { caller, facts, call } = decided;
    return line.take(holderOf(caller.principal, facts.workspaceId), call.signal).catch(whenGone);
  }
}

function whenHidden(error: unknown): never {
  if (!(error instanceof PortcullisError) || error.code !== 'not_found') throw error;
  throw new PortcullisError('validation_error', carriedLinkGone, error.details);
}

function contextOf(decided: DecidedCall, { confirm }: Permit): CommandContext {
  const { call, caller, facts } = decided;
  const { door, clientAddress, requestId } = call;
  const { workspaceId, policy } = facts;
  const asker = askerOf(caller, call, facts);
  const anywhere = { state: 'workspace', filtered: true } as const;
  const may = (action: Action) =>
    asker !== null && policy !== null && policy.judge(asker, action, anywhere).effect === 'allow';
  const author = { ...caller, via: { door, clientAddress } };
  return { caller: author, workspaceId, clientAddress, requestId, confirm, may };
}
