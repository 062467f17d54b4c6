import { PortcullisError } from '../domain/errors.ts';
import type { Answer } from '../domain/operation.ts';
import type { Steps } from '../gateway.ts';
import { notionOperation } from '../notion/notion-operation.ts';
import { parseStrictJson } from '../notion/strict-json.ts';
import { chooseConnection } from '../resolve/choose-connection.ts';
import type { cacheSnapshots } from '../resolve/snapshot.ts';
import type { AskNotionForSink } from '../sinks/kinds/notion/data-source.ts';
import { sinkComponent } from '../sinks/record.ts';
import { SinkTroubleError } from '../sinks/sink.ts';
import { createSystemGateway, systemCaller } from './system-gateway.ts';

/** Refusals of our own that need a person. All others pass by themselves. */
const lasting: ReadonlySet<string> = new Set([
  'connection_needs_reauth',
  'connection_undecryptable',
  'no_connection',
  'app_refused',
]);

/** How sinks ask Notion: as the system, on the path that every call takes, through what serves the workspace's members. */
export function openSinkNotion(
  snapshots: Pick<ReturnType<typeof cacheSnapshots>, 'get'>,
  steps: Steps,
): AskNotionForSink {
  const ask = createSystemGateway(sinkComponent, steps);
  const caller = systemCaller(sinkComponent, null);
  return async (workspaceId, method, path, body) => {
    const connections = (await snapshots.get(workspaceId))?.connections ?? [];
    const { connection, connectionTrouble } = chooseConnection(connections, caller.principal);
    if (connection === null) throw trouble(`connection_${connectionTrouble}`, true);
    const context = { caller, clientAddress: '', requestId: `sink-${crypto.randomUUID()}` };
    try {
      const answer = await ask(
        { workspaceId, connectionId: connection.id },
        notionOperation(method, path, body),
        context,
      );
      return { status: answer.status, body: jsonOf(answer) };
    } catch (error) {
      if (!(error instanceof PortcullisError)) throw error;
      if (error.code === 'not_found') return { status: 404, body: null };
      throw trouble(error.code, lasting.has(error.code), error.details.retryAfterSeconds ?? 0);
    }
  };
}

function jsonOf({ body }: Answer): unknown {
  return Buffer.isBuffer(body) ? parseStrictJson(body) : null;
}

function trouble(problem: string, needsPerson: boolean, waitSeconds = 0): SinkTroubleError {
  return new SinkTroubleError({ problem, waitSeconds, needsPerson });
}
