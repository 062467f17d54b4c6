import { askerOf } from '../domain/asker-of.ts';
import type { Call } from '../domain/operation.ts';
import type { Now } from '../domain/units.ts';
import type { ToolRoute } from '../doors/mcp/requests.ts';
import { restTools } from '../doors/mcp/rest-tools/rest-tools.ts';
import type { Identify } from '../identify/identify.ts';
import { chooseConnection } from '../resolve/choose-connection.ts';
import type { cacheSnapshots } from '../resolve/snapshot.ts';

const byRest: ToolRoute = row => (restTools.has(row.name) ? 'rest' : null);

/**
 * The connection that each tool would use for a caller. The hosted server's answers are text. So for callers from whom
 * something may be hidden, tools that the REST API can also serve are served by it, piece by piece. Nothing is allowed
 * here; each call is decided like any other.
 */
export function createToolRoutes(parts: {
  readonly identify: Identify['identify'];
  readonly snapshots: ReturnType<typeof cacheSnapshots>;
  readonly now: Now;
}): (call: Pick<Call, 'credentials' | 'workspace' | 'clientAddress'>) => Promise<ToolRoute> {
  const { identify, snapshots, now } = parts;
  return async ({ credentials, workspace, clientAddress }) => {
    const caller = await identify({ credentials });
    const id = caller.boundTo ?? workspace;
    const snapshot = id === null ? null : await snapshots.get(id);
    const asker = askerOf(caller, { door: 'mcp', clientAddress }, { at: now() });
    if (snapshot === null || asker === null) return byRest;
    const connected = (hosted: boolean) =>
      chooseConnection(snapshot.connections, caller.principal, { hosted }).connection !== null;
    if (!connected(true)) return byRest;
    const byPages = snapshot.policy.dependsOnPages(asker) && connected(false);
    return row => (row.hosted === null || (byPages && restTools.has(row.name)) ? byRest(row) : 'hosted');
  };
}
