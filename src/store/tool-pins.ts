import { sql, type Transaction } from 'kysely';
import type { ToolPinStore } from '../connect/mcp/tool-pins.ts';
import { servingStates } from '../domain/connection-states.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { ConnectionTools, PinnedTool } from '../domain/tool-pins.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import type { Schema } from './schema.ts';

const clock = sql<Date>`clock_timestamp()`;
const before = sql<Date>`tool_pin.looked_at`;

/** What hosted MCP servers say of their tools, a row for each connection, under row-level security. */
export function createToolPinStore(
  { inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>,
  entries: EventEntries,
): ToolPinStore {
  return {
    of: (workspaceId, connectionId) =>
      inWorkspace(workspaceId, async tx => (await toolsOf(tx, connectionId))[0] ?? null),
    all: workspaceId => inWorkspace(workspaceId, tx => toolsOf(tx, null)),
    replace: (workspaceId, connectionId, change) =>
      commitWithEntries(
        entries,
        transact => inWorkspace(workspaceId, transact),
        async (tx, append) => {
          // The connection is locked first: two instances that look at once find the same changes one after the other.
          await tx.selectFrom('connection').where('id', '=', connectionId).select('id').forNoKeyUpdate().execute();
          const [known] = await toolsOf(tx, connectionId);
          if (known === undefined) throw new PortcullisError('not_found');
          const { tools, events, looked } = change(known);
          const changed = tools.length !== known.tools.length || tools.some((one, at) => one !== known.tools[at]);
          // Definitions are large: they are written only when they differ.
          const written = changed ? { tools: JSON.stringify(tools) } : {};
          await tx
            .insertInto('tool_pin')
            .values({
              connection_id: connectionId,
              workspace_id: workspaceId,
              looked_at: clock,
              tools: JSON.stringify(tools),
            })
            .onConflict(conflict =>
              conflict.column('connection_id').doUpdateSet({ looked_at: looked ? clock : before, ...written }),
            )
            .execute();
          await append(events);
        },
      ),
  };
}

async function toolsOf(tx: Transaction<Schema>, connectionId: ConnectionId | null): Promise<ConnectionTools[]> {
  const rows = await tx
    .selectFrom('connection')
    .leftJoin('tool_pin', 'tool_pin.connection_id', 'connection.id')
    .where('connection.kind', '=', 'mcp')
    .where('connection.status', 'in', servingStates)
    .$if(connectionId !== null, query => query.where('connection.id', '=', connectionId as ConnectionId))
    .select(['connection.id', 'tool_pin.looked_at as lookedAt', 'tool_pin.tools'])
    .orderBy('connection.created_at')
    .execute();
  return rows.map(({ id, lookedAt, tools }) => ({ connectionId: id, lookedAt, tools: (tools ?? []).map(pinned) }));
}

function pinned(tool: PinnedTool): PinnedTool {
  return { ...tool, changedAt: new Date(tool.changedAt) };
}
