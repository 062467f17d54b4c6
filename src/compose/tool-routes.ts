import { randomUUID } from 'node:crypto';
import { askerOf } from '../domain/asker-of.ts';
import type { Call } from '../domain/operation.ts';
import type { ToolPins } from '../domain/tool-pins.ts';
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
  readonly pins: Pick<ToolPins, 'accepted'>;
  readonly now: Now;
}): (call: Pick<Call, 'credentials' | 'workspace' | 'clientAddress'>) => Promise<ToolRoute> {
  const { identify, snapshots, pins, now } = parts;
  return async ({ credentials, workspace, clientAddress }) => {
    const caller = await identify({ credentials });
    const id = caller.boundTo ?? workspace;
    const snapshot = id === null ? null : await snapshots.get(id);
    const asker = askerOf(caller, { door: 'mcp', clientAddress }, { at: now() });
    if (snapshot === null || asker === null) return byRest;
    const connectionFor = (hosted: boolean) =>
      chooseConnection(snapshot.connections, caller.principal, { hosted }).connection;
    const connection = connectionFor(true);
    if (id === null || connection === null) return byRest;
    const hasRest = connectionFor(false) !== null;
    const byPages = snapshot.policy.dependsOnPages(asker) && hasRest;
    // A tool that the server describes otherwise than somebody accepted is held back.
    const accepted = await pins.accepted(id, connection.id, { caller, clientAddress, requestId: randomUUID() });
    const byHosted: ToolRoute = ({ name, hosted }) => (hosted !== null && accepted.has(name) ? 'hosted' : null);
    return row => (byPages && restTools.has(row.name) ? null : byHosted(row)) ?? (hasRest ? byRest(row) : null);
  };
}
