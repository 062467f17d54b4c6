import type { DecidedCall } from '../../domain/decided-call.ts';
import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { Metrics } from '../../domain/metrics.ts';
import { secondMs } from '../../domain/units.ts';
import { createGate, type Gate } from './gate.ts';
import { createPurse, type LimitShare } from './purse.ts';
import type { RateLedgers, RateScope } from './rate-ledgers.ts';

/** What a call goes through. */
export interface Limits {
  readonly gate: Gate;
  readonly connection: LimitShare;
  readonly workspace: LimitShare;
}

/** The workspaces that this process makes calls to, each with its gate and its purses. */
export interface CalledWorkspaces {
  /** Null for a call that goes to no connection. */
  limitsOf(decided: DecidedCall): Limits | null;
  /** Gives the rest back to the other processes. */
  close(): Promise<void>;
}

export interface CalledWorkspacesOptions {
  readonly ledgers: RateLedgers;
  readonly metrics: Pick<Metrics, 'budgetWaited'>;
  readonly onTrouble: (error: unknown) => void;
  readonly monotonicMs: () => number;
  /** The longest wait for a turn. Short enough that no client gives up meanwhile. */
  readonly waitMsMax?: number;
}

interface Workspace {
  readonly gate: Gate;
  readonly own: LimitShare;
  readonly connections: Map<ConnectionId, LimitShare>;
  usedAtMs: number;
}

/** Workspaces without calls for this long are dropped, so that idle ones cost nothing. */
const idleMs = 180 * secondMs;

/** `onSweep` is called whenever idle workspaces have been dropped. */
export function createCalledWorkspaces(options: CalledWorkspacesOptions, onSweep: () => void): CalledWorkspaces {
  const { monotonicMs } = options;
  const workspaces = new Map<WorkspaceId, Workspace>();
  const sweeping = setInterval(sweep, idleMs / 3).unref();

  function sweep(): void {
    for (const [id, workspace] of workspaces) {
      if (monotonicMs() - workspace.usedAtMs < idleMs) continue;
      workspaces.delete(id);
      for (const purse of pursesOf(workspace)) void purse.close();
    }
    onSweep();
  }

  return {
    limitsOf({ facts: { workspaceId, connection } }) {
      if (workspaceId === null || connection === null) return null;
      const workspace = workspaces.get(workspaceId) ?? openWorkspace(options, workspaceId);
      workspaces.set(workspaceId, workspace);
      const { gate, own, connections } = workspace;
      const purse = connections.get(connection.id) ?? openPurse(options, workspaceId, connection.id, gate);
      connections.set(connection.id, purse);
      workspace.usedAtMs = monotonicMs();
      return { gate, connection: purse, workspace: own };
    },
    async close() {
      clearInterval(sweeping);
      const purses = [...workspaces.values()].flatMap(pursesOf);
      workspaces.clear();
      await Promise.all(purses.map(purse => purse.close()));
    },
  };
}

function openWorkspace(options: CalledWorkspacesOptions, workspaceId: WorkspaceId): Workspace {
  const { metrics, monotonicMs, waitMsMax = 5 * secondMs } = options;
  const gate = createGate({
    waitMsMax,
    monotonicMs,
    onWaited: (outcome, waitedMs) => metrics.budgetWaited({ outcome, seconds: waitedMs / secondMs }),
  });
  const own = openPurse(options, workspaceId, 'workspace', gate);
  return { gate, own, connections: new Map(), usedAtMs: 0 };
}

function openPurse(
  options: CalledWorkspacesOptions,
  workspaceId: WorkspaceId,
  scope: RateScope,
  gate: Gate,
): LimitShare {
  const { ledgers, onTrouble, monotonicMs } = options;
  const purse: LimitShare = createPurse({
    change: change => ledgers.change(workspaceId, scope, change),
    waiting: () => gate.waitingFor(purse),
    onChange: gate.look,
    onTrouble,
    monotonicMs,
  });
  return purse;
}

function pursesOf({ own, connections }: Workspace): LimitShare[] {
  return [own, ...connections.values()];
}
