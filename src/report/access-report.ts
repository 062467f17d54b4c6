import type { ConnectionSummary } from '../domain/connection.ts';
import { isServing } from '../domain/connection-states.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import { type Now, secondMs } from '../domain/units.ts';
import {
  type CapabilityFinding,
  judgeCapabilities,
  policyUse,
  type RoleHolder,
  type UserInformation,
  userInformationOf,
} from '../notion/access-report.ts';
import type { DiscoveryPoint } from '../notion/discover.ts';
import type { AskNotion } from './ask-notion.ts';
import type { CapabilityStore, LearnedCapability } from './capability-learning.ts';
import { probe } from './probe.ts';
import { listReach, type ReachedItem, type ReachStop } from './reach.ts';

/** The principals who may call in a workspace, with their keys. */
export type PolicyHolders = (workspaceId: WorkspaceId) => Promise<RoleHolder[]>;

export interface AccessReportParts {
  /** Every confirmed connection of a workspace, in order of id. */
  readonly connections: (workspaceId: WorkspaceId) => Promise<ConnectionSummary[]>;
  readonly holders: PolicyHolders;
  readonly capabilities: CapabilityStore;
  /** Writes down what the answers of this report have taught. */
  readonly flushLessons: () => Promise<void>;
  readonly ask: AskNotion;
  readonly now: Now;
  readonly monotonicMs: () => number;
}

/** How long one call goes on asking Notion. A request that is running then still has the time of every call. */
const askingMs = 20 * secondMs;

/** The point from which a report goes on: the connection, and the place in its search results. */
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
 * Why a connection's objects are listed or not. private: it shows what belongs to its owner alone, so only the owner
 * gets the list (rule 2). hosted_mcp: such a connection sees what its person sees, and has neither capabilities nor
 * shared roots.
 */
export type ConnectionReach = 'listed' | 'private' | 'not_working' | 'hosted_mcp';

export interface ReportedConnection extends Pick<ConnectionSummary, 'id' | 'kind' | 'status' | 'audience'> {
  readonly reach: ConnectionReach;
  /** Notion's setting for user information; null if there is no such setting. */
  readonly userInformation: UserInformation | null;
  readonly capabilities: readonly CapabilityFinding[];
}

export interface AccessReport {
  readonly connections: readonly ReportedConnection[];
  readonly items: readonly (ReachedItem & { readonly connection: ConnectionId })[];
  readonly next: ReportPoint | null;
  /** Why the list ends here. `complete`: search would return nothing more. */
  readonly stopped: ReachStop;
  /** The connection where it ends; null if it is complete. */
  readonly stoppedAt: ConnectionId | null;
}

export interface AccessReporting {
  /**
   * Bounded: one call returns a limited number of objects, and the point to go on from. Its requests change nothing at
   * Notion.
   */
  report(input: AccessReportInput, context: CommandContext): Promise<AccessReport>;
  /** What is known by now, without asking Notion. */
  known(workspaceId: WorkspaceId, context: CommandContext): Promise<Pick<AccessReport, 'connections'>>;
}

/**
 * What each connection of a workspace reaches at Notion and can do there, beside what the workspace's policy can use of
 * it.
 */
export function createAccessReport(parts: AccessReportParts): AccessReporting {
  const living = async (workspaceId: WorkspaceId) =>
    (await parts.connections(workspaceId)).filter(({ status }) => status !== 'revoked');
  return {
    async report(input, context) {
      const { workspaceId, only, from } = input;
      if (only !== null && from !== null && from.connection !== only)
        throw new PortcullisError('invalid_request', 'The cursor goes on in another connection.');
      const untilMs = parts.monotonicMs() + askingMs;
      const hurry = () => parts.monotonicMs() >= untilMs;
      const wanted = (await living(workspaceId)).filter(({ id }) => only === null || id === only);
      if (only !== null && wanted.length === 0) throw new PortcullisError('not_found', 'There is no such connection.');
      const open = wanted.filter(connection => reachOf(connection, context) === 'listed');
      if (from === null) await probeAll(parts, workspaceId, open, context, hurry);
      const listed = await listAll(parts, input, open, context, hurry);
      await parts.flushLessons();
      return { connections: await judge(parts, workspaceId, wanted, context), ...listed };
    },
    known: async (workspaceId, context) => ({
      connections: await judge(parts, workspaceId, await living(workspaceId), context),
    }),
  };
}

function reachOf(
  { kind, status, audience, connectedBy }: ConnectionSummary,
  { caller }: CommandContext,
): ConnectionReach {
  if (kind === 'mcp') return 'hosted_mcp';
  const { principal } = caller;
  if (audience === 'owner' && !(principal.kind === 'user' && principal.id === connectedBy)) return 'private';
  return isServing(status) ? 'listed' : 'not_working';
}

/** One after the other: a person's call through a connection should not wait for a report on all of them. */
async function probeAll(
  { ask, capabilities, now }: AccessReportParts,
  workspaceId: WorkspaceId,
  open: readonly ConnectionSummary[],
  context: CommandContext,
  hurry: () => boolean,
): Promise<void> {
  for (const { id } of open) {
    if (hurry()) return;
    const place = { workspaceId, connectionId: id };
    await probe({ capabilities, now, ask: operation => ask(place, operation, context) }, place);
  }
}

async function judge(
  { capabilities, holders }: AccessReportParts,
  workspaceId: WorkspaceId,
  connections: readonly ConnectionSummary[],
  context: CommandContext,
): Promise<ReportedConnection[]> {
  const [learned, people] = await Promise.all([capabilities.of(workspaceId), holders(workspaceId)]);
  return connections.map(connection => {
    const { id, kind, status, audience } = connection;
    const reach = reachOf(connection, context);
    const use = policyUse(people.filter(holder => mayCallThrough(connection, holder)));
    const findings = reach === 'hosted_mcp' ? [] : judgeCapabilities(knownOf(connection, learned), use);
    const userInformation = reach === 'hosted_mcp' ? null : userInformationOf(findings);
    return { id, kind, status, audience, reach, userInformation, capabilities: findings };
  });
}

/** Rule 2: a connection for its owner alone serves no one else, and not the owner's agents either. */
function mayCallThrough({ audience, connectedBy }: ConnectionSummary, { id }: RoleHolder): boolean {
  return audience === 'members' || id === connectedBy;
}

/** What was learned since a person last agreed to the connection: a change of capabilities takes effect then. */
function knownOf({ id, authorizedAt }: ConnectionSummary, learned: readonly LearnedCapability[]) {
  const since = learned.filter(one => one.connectionId === id && one.learnedAt >= authorizedAt);
  return new Map(since.map(one => [one.capability as string, one]));
}

async function listAll(
  { ask }: AccessReportParts,
  { workspaceId, from, itemsMax }: AccessReportInput,
  open: readonly ConnectionSummary[],
  context: CommandContext,
  hurry: () => boolean,
): Promise<Omit<AccessReport, 'connections'>> {
  const items: AccessReport['items'][number][] = [];
  // Connections are listed by id, so a report goes on at the right one even if connections were added or removed.
  const rest = open.filter(({ id }) => from === null || id >= from.connection);
  for (const [index, { id }] of rest.entries()) {
    const start = from?.connection === id ? from : atTheBeginning;
    const why = items.length === itemsMax ? 'limit' : hurry() ? 'time' : null;
    if (why !== null) return { items, next: { ...start, connection: id }, stopped: why, stoppedAt: id };
    const found = await listReach({
      ask: operation => ask({ workspaceId, connectionId: id }, operation, context),
      from: start,
      itemsMax: itemsMax - items.length,
      hurry,
    });
    items.push(...found.items.map(item => ({ ...item, connection: id })));
    if (found.stopped === 'complete') continue;
    // A final refusal for one connection says nothing about the next.
    const following = rest[index + 1];
    const after = following === undefined ? null : { ...atTheBeginning, connection: following.id };
    const next = found.next === null ? after : { ...found.next, connection: id };
    return { items, next, stopped: found.stopped, stoppedAt: id };
  }
  return { items, next: null, stopped: 'complete', stoppedAt: null };
}

const atTheBeginning: DiscoveryPoint = { cursor: null, skip: 0 };
