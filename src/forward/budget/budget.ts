import type { DecidedCall } from '../../domain/decided-call.ts';
import type { Metrics } from '../../domain/metrics.ts';
import type { Answer } from '../../domain/operation.ts';
import { placeOf } from '../place-of.ts';
import { type CalledWorkspacesOptions, createCalledWorkspaces } from './called-workspaces.ts';
import { rateLimited } from './gate.ts';
import { readRateLimit } from './rate-limit-answer.ts';

/**
 * Keeps calls within Notion's rate limits: one for each connection, one for each workspace, shared by all processes.
 * The limits are learned from Notion's refusals. Within a workspace the principals take turns, so that none can starve
 * another. Calls on the path are counted, Portcullis's own among them. Requests with the credentials of our integration
 * (refreshing, introspecting and revoking tokens) are not counted, because Notion counts them for no connection.
 */
export interface RateBudget {
  /**
   * Call it before a call is sent. Null: the call may go at once. Rejects with `rate_limited` if its turn would not
   * come in time, and with the signal's reason if that aborts first.
   */
  take(decided: DecidedCall, signal: AbortSignal | null): Promise<void> | null;
  /** Called if a call was not sent after all. */
  giveBack(decided: DecidedCall): void;
  /** Called with every answer of Notion's. */
  answered(decided: DecidedCall, answer: Answer): void;
  /** Gives the rest back to the other processes. */
  close(): Promise<void>;
}

export interface RateBudgetOptions extends CalledWorkspacesOptions {
  readonly metrics: Pick<Metrics, 'budgetWaited' | 'rateLimited'>;
}

export function createRateBudget(options: RateBudgetOptions): RateBudget {
  const { metrics, monotonicMs } = options;
  const endpoints = createEndpointBlocks(monotonicMs);
  const called = createCalledWorkspaces(options, endpoints.dropEnded);

  return {
    take(decided, signal) {
      const limits = called.limitsOf(decided);
      if (limits === null) return null;
      const { gate, connection, workspace } = limits;
      const blockedMs = endpoints.blockedForMs(decided);
      if (blockedMs > 0) return Promise.reject(rateLimited('endpoint', blockedMs));
      const { group, member } = placeOf(decided.caller.principal);
      // A line for each connection: if one has to wait, the others do not.
      const place = { group, member: `${member} ${decided.facts.connection?.id}` };
      return gate.enter({ place, connection, workspace }, signal);
    },
    giveBack(decided) {
      const limits = called.limitsOf(decided);
      limits?.connection.putBack();
      limits?.workspace.putBack();
    },
    answered(decided, answer) {
      const limits = called.limitsOf(decided);
      if (limits === null) return;
      const refusal = readRateLimit(answer);
      if (refusal === null) {
        limits.connection.passed();
        limits.workspace.passed();
        return;
      }
      const { scope, retryAfterMs } = refusal;
      metrics.rateLimited(scope);
      if (scope === 'endpoint') endpoints.block(decided, retryAfterMs);
      else if (scope !== 'blocked') limits[scope].refused(retryAfterMs);
    },
    close: called.close,
  };
}

/** Some endpoints have limits of their own, which Notion does not publish: each process remembers until when. */
function createEndpointBlocks(monotonicMs: () => number) {
  const blockedUntilMs = new Map<string, number>();
  const keyOf = ({ call, facts }: DecidedCall) => `${facts.workspaceId} ${facts.connection?.id} ${call.operation.name}`;
  return {
    block(decided: DecidedCall, ms: number): void {
      const key = keyOf(decided);
      blockedUntilMs.set(key, Math.max(monotonicMs() + ms, blockedUntilMs.get(key) ?? 0));
    },
    blockedForMs(decided: DecidedCall): number {
      // Hardly ever is there one; then not even the key is made.
      if (blockedUntilMs.size === 0) return 0;
      return Math.max(0, (blockedUntilMs.get(keyOf(decided)) ?? 0) - monotonicMs());
    },
    dropEnded(): void {
      for (const [key, untilMs] of blockedUntilMs) if (untilMs <= monotonicMs()) blockedUntilMs.delete(key);
    },
  };
}
