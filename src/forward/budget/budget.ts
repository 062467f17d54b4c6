import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { Metrics } from '../../domain/metrics.ts';
import type { Answer } from '../../domain/operation.ts';
import type { Ruling } from '../../domain/ruling.ts';
import { secondMs } from '../../domain/units.ts';
import { placeOf } from '../place-of.ts';
import { createGate, type Gate, rateLimited } from './gate.ts';
import { createPurse, type Purse } from './purse.ts';
import type { RateLedgers, RateScope } from './rate-ledgers.ts';
import { type RateLimitAnswer, readRateLimit } from './rate-limit-answer.ts';

/**
 * Keeps calls within Notion's rate limits: one for each connection, one for each workspace, shared by all processes.
 * The limits are learned from Notion's refusals. Within a workspace principals take turns, so that none can starve
 * another. Charged are calls that take the path, Portcullis's own among them; not what is asked with the credentials of
 * our integration (refreshing, introspecting and revoking tokens), which Notion does not count for any connection.
 */
export interface RateBudget {
  /**
   * To be asked before a call is sent. Null: it may go at once. Rejects with `rate_limited` when its turn would not come
   * in time, and with the signal's reason when that aborts first.
   */
  take(ruling: Ruling, signal: AbortSignal | null): Promise<void> | null;
  /** To be told when a call was not sent after all. */
  giveBack(ruling: Ruling): void;
  /** To be told of every answer of Notion's. */
  answered(ruling: Ruling, answer: Answer): void;
  /** Gives what is left back to the other processes. */
  close(): Promise<void>;
}

export interface RateBudgetOptions {
  readonly ledgers: RateLedgers;
  readonly metrics: Pick<Metrics, 'budgetWaited' | 'rateLimited'>;
  readonly onTrouble: (error: unknown) => void;
  readonly monotonicMs: () => number;
  /** The longest that a call waits for its turn. Short enough that no client gives up meanwhile. */
  readonly waitMsMax?: number;
}

/** What is kept of a workspace that calls are made to. */
interface Workspace {
  readonly gate: Gate;
  readonly own: Purse;
  readonly connections: Map<ConnectionId, Purse>;
  usedAtMs: number;
}

/** Workspaces that nobody has called for this long are dropped, so that idle ones cost nothing. */
const idleMs = 180 * secondMs;

export function createRateBudget(options: RateBudgetOptions): RateBudget {
  const { ledgers, metrics, onTrouble, monotonicMs, waitMsMax = 5 * secondMs } = options;
  const workspaces = new Map<WorkspaceId, Workspace>();
  const endpoints = createEndpointBlocks(monotonicMs);
  const dropping = setInterval(dropIdle, idleMs / 3).unref();

  function openWorkspace(workspaceId: WorkspaceId): Workspace {
    const connections = new Map<ConnectionId, Purse>();
    const gate = createGate({
      workspace: () => own,
      waitMsMax,
      monotonicMs,
      onWaited: (outcome, waitedMs) => metrics.budgetWaited({ outcome, seconds: waitedMs / secondMs }),
    });
    const own = openPurse(workspaceId, 'workspace', gate);
    return { gate, own, connections, usedAtMs: 0 };
  }

  function openPurse(workspaceId: WorkspaceId, scope: RateScope, gate: Gate): Purse {
    const purse: Purse = createPurse({
      change: change => ledgers.change(workspaceId, scope, change),
      waiting: () => gate.waitingFor(purse),
      onChange: gate.look,
      onTrouble,
      monotonicMs,
    });
    return purse;
  }

  function find({ facts }: Ruling): { workspace: Workspace; connection: Purse } | null {
    const { workspaceId, connection } = facts;
    if (workspaceId === null || connection === null) return null;
    const workspace = workspaces.get(workspaceId) ?? openWorkspace(workspaceId);
    workspaces.set(workspaceId, workspace);
    const purse = workspace.connections.get(connection.id) ?? openPurse(workspaceId, connection.id, workspace.gate);
    workspace.connections.set(connection.id, purse);
    return { workspace, connection: purse };
  }

  function dropIdle(): void {
    endpoints.dropEnded();
    for (const [id, { usedAtMs, own, connections }] of workspaces) {
      if (monotonicMs() - usedAtMs < idleMs) continue;
      workspaces.delete(id);
      for (const purse of [own, ...connections.values()]) void purse.close();
    }
  }

  function refuse(ruling: Ruling, found: NonNullable<ReturnType<typeof find>>, refusal: RateLimitAnswer): void {
    metrics.rateLimited(refusal.scope);
    if (refusal.scope === 'connection') found.connection.refused(refusal.retryAfterMs);
    if (refusal.scope === 'workspace') found.workspace.own.refused(refusal.retryAfterMs);
    if (refusal.scope === 'endpoint') endpoints.block(ruling, refusal.retryAfterMs);
  }

  return {
    take(ruling, signal) {
      const found = find(ruling);
      if (found === null) return null;
      found.workspace.usedAtMs = monotonicMs();
      const blockedMs = endpoints.blockedForMs(ruling);
      if (blockedMs > 0) return Promise.reject(rateLimited('endpoint', blockedMs));
      const { group, member } = placeOf(ruling.caller.principal);
      // A line for each connection: one that cannot move holds up no other.
      const place = { group, member: `${member} ${ruling.facts.connection?.id}` };
      return found.workspace.gate.enter({ place, connection: found.connection }, signal);
    },
    giveBack(ruling) {
      const found = find(ruling);
      found?.connection.putBack();
      found?.workspace.own.putBack();
    },
    answered(ruling, answer) {
      const found = find(ruling);
      if (found === null) return;
      const refusal = readRateLimit(answer);
      if (refusal !== null) refuse(ruling, found, refusal);
      else for (const purse of [found.connection, found.workspace.own]) purse.passed();
    },
    async close() {
      clearInterval(dropping);
      const purses = [...workspaces.values()].flatMap(({ own, connections }) => [own, ...connections.values()]);
      workspaces.clear();
      await Promise.all(purses.map(purse => purse.close()));
    },
  };
}

/** Some endpoints have limits of their own, which Notion does not publish: each process remembers until when. */
function createEndpointBlocks(monotonicMs: () => number) {
  const blockedUntilMs = new Map<string, number>();
  const keyOf = ({ call, facts }: Ruling) => `${facts.workspaceId} ${facts.connection?.id} ${call.operation.name}`;
  return {
    block(ruling: Ruling, ms: number): void {
      const key = keyOf(ruling);
      blockedUntilMs.set(key, Math.max(monotonicMs() + ms, blockedUntilMs.get(key) ?? 0));
    },
    blockedForMs(ruling: Ruling): number {
      // Hardly ever is there one; then not even the key is made.
      if (blockedUntilMs.size === 0) return 0;
      return Math.max(0, (blockedUntilMs.get(keyOf(ruling)) ?? 0) - monotonicMs());
    },
    dropEnded(): void {
      for (const [key, untilMs] of blockedUntilMs) if (untilMs <= monotonicMs()) blockedUntilMs.delete(key);
    },
  };
}
