import type { ConnectionSummary } from '../../domain/connection.ts';
import { isServing } from '../../domain/connection-states.ts';
import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { Answer, CommandContext } from '../../domain/operation.ts';
import { type CapabilityFinding, type Holder, judgeCapabilities, policyUse } from '../../notion/access-report.ts';
import { type DiscoveryPoint, readDiscovered } from '../../notion/discover.ts';
import { notionOperation } from '../../notion/notion-operation.ts';
import { parseStrictJson } from '../../notion/strict-json.ts';
import type { AskNotion } from './ask-notion.ts';
import type { CapabilityStore } from './capability-learning.ts';
import { listReach, type ReachedItem, type ReachStop } from './reach.ts';

/** Who may call in a workspace, and with what. */
export type PolicyHolders = (workspaceId: WorkspaceId) => Promise<Holder[]>;

export interface AccessReportParts {
  readonly connections: (workspaceId: WorkspaceId) => Promise<ConnectionSummary[]>;
  readonly holders: PolicyHolders;
  readonly capabilities: CapabilityStore;
  /** Writes down what the answers of this report have taught. */
  readonly flushLessons: () => Promise<void>;
  readonly ask: AskNotion;
}

/** Where a report goes on: in which connection, and where in its search results. */
export interface ReportPoint extends DiscoveryPoint {
  readonly connection: ConnectionId;
}

export interface AccessReportInput {
  readonly workspaceId: WorkspaceId;
  /** Only this connection. */
  readonly only: ConnectionId | null;
  readonly from: ReportPoint | null;
  readonly itemsMax: number;
}

/**
 * Why a connection's objects are listed or not. private: it shows what is its owner's alone, so they are for that person
 * (rule 2). hosted_mcp: such a connection sees what its person sees, and has neither capabilities nor shared roots.
 */
export type Reach = 'listed' | 'private' | 'not_working' | 'hosted_mcp';

export interface ReportedConnection extends Pick<ConnectionSummary, 'id' | 'kind' | 'status' | 'audience'> {
  readonly reach: Reach;
  readonly capabilities: readonly CapabilityFinding[];
}

export interface AccessReport {
  readonly connections: readonly ReportedConnection[];
  readonly items: readonly (ReachedItem & { readonly connection: ConnectionId })[];
  readonly next: ReportPoint | null;
  /** Why the list ends here. `complete`: there is nothing more that search would tell. */
  readonly stopped: ReachStop;
}

/**
 * What each connection of a workspace reaches at Notion and can do there, beside what the workspace's policy can use of
 * it. Bounded: one call brings so many objects and says where the next goes on. What it asks Notion changes nothing.
 */
export function createAccessReport(parts: AccessReportParts) {
  return async function report(input: AccessReportInput, context: CommandContext): Promise<AccessReport> {
    const all = await parts.connections(input.workspaceId);
    const wanted = all.filter(({ id, status }) => status !== 'revoked' && (input.only === null || id === input.only));
    const open = wanted.filter(connection => reachOf(connection, context) === 'listed');
    if (input.from === null) await Promise.all(open.map(({ id }) => probe(parts, input.workspaceId, id, context)));
    const listed = await listAll(parts, input, open, context);
    await parts.flushLessons();
    return { connections: await judge(parts, input.workspaceId, wanted, context), ...listed };
  };
}

function reachOf({ kind, status, audience, connectedBy }: ConnectionSummary, { caller }: CommandContext): Reach {
  if (kind === 'mcp') return 'hosted_mcp';
  const { principal } = caller;
  if (audience === 'owner' && !(principal.kind === 'user' && principal.id === connectedBy)) return 'private';
  return isServing(status) ? 'listed' : 'not_working';
}

/** Reads that show a capability each, whatever they bring. What writes would need is learned from answers alone. */
async function probe(
  { ask }: AccessReportParts,
  workspaceId: WorkspaceId,
  connectionId: ConnectionId,
  context: CommandContext,
): Promise<void> {
  const askHere = (operation: Parameters<AskNotion>[1]) =>
    ask({ workspaceId, connectionId }, operation, context).catch(() => null);
  const [found] = await Promise.all([
    askHere(notionOperation('POST', '/v1/search', { page_size: 1, filter: { property: 'object', value: 'page' } })),
    askHere(notionOperation('GET', '/v1/users?page_size=100')),
  ]);
  const page = firstPageId(found?.body ?? null);
  if (page !== null) await askHere(notionOperation('GET', `/v1/comments?block_id=${page}&page_size=1`));
}

function firstPageId(body: Answer['body']): string | null {
  if (!Buffer.isBuffer(body)) return null;
  const { results } = parseStrictJson(body) ?? {};
  return (Array.isArray(results) ? readDiscovered(results[0])?.id : null) ?? null;
}

async function judge(
  { capabilities, holders }: AccessReportParts,
  workspaceId: WorkspaceId,
  connections: readonly ConnectionSummary[],
  context: CommandContext,
): Promise<ReportedConnection[]> {
  const [learned, use] = await Promise.all([capabilities.of(workspaceId), holders(workspaceId).then(policyUse)]);
  return connections.map(connection => {
    const { id, kind, status, audience } = connection;
    const known = new Map(learned.filter(one => one.connectionId === id).map(one => [one.capability as string, one]));
    const reach = reachOf(connection, context);
    return {
      id,
      kind,
      status,
      audience,
      reach,
      capabilities: reach === 'hosted_mcp' ? [] : judgeCapabilities(known, use),
    };
  });
}

async function listAll(
  { ask }: AccessReportParts,
  { workspaceId, from, itemsMax }: AccessReportInput,
  open: readonly ConnectionSummary[],
  context: CommandContext,
): Promise<Pick<AccessReport, 'items' | 'next' | 'stopped'>> {
  const items: AccessReport['items'][number][] = [];
  // Connections are listed by id, so a report goes on in the right one even if others came or went.
  const rest = open.filter(({ id }) => from === null || id >= from.connection);
  for (const { id } of rest) {
    if (items.length === itemsMax) {
      return { items, next: { connection: id, cursor: null, skip: 0 }, stopped: 'limit' };
    }
    const found = await listReach({
      ask: operation => ask({ workspaceId, connectionId: id }, operation, context),
      from: from?.connection === id ? from : null,
      itemsMax: itemsMax - items.length,
    });
    items.push(...found.items.map(item => ({ ...item, connection: id })));
    if (found.stopped !== 'complete') {
      return { items, next: found.next && { ...found.next, connection: id }, stopped: found.stopped };
    }
  }
  return { items, next: null, stopped: 'complete' };
}
