import type { Emulation, Settings } from '../emulation.ts';
import { canonicalId } from '../identifiers.ts';
import type { Delivery, Subscription } from '../webhooks/subscription.ts';
import { type Capabilities, type Installation, installationOf, revokeInstallation } from '../world/connections.ts';
import { type McpGrant, revokeMcpGrant } from '../world/mcp-grants.ts';
import { restore, snapshot } from '../world/persistence.ts';
import type { Node } from '../world/records.ts';
import { isTrashed, moveNode, titleOf, touch } from '../world/tree.ts';
import { announce, type World } from '../world/world.ts';
import type { Fault } from './faults.ts';
import type { LogEntry } from './request-log.ts';
import type { ToolFault } from './tool-faults.ts';

/** An installation as tests look at it. */
export interface InstallationView {
  readonly botId: string;
  readonly clientId: string | null;
  readonly userId: string | null;
  readonly workspaceId: string;
  readonly shared: readonly string[];
  readonly capabilities: Capabilities;
  readonly revoked: boolean;
}

/** A page, database, data source or block in its current state, regardless of who may see it. */
export interface NodeView {
  readonly id: string;
  readonly kind: Node['kind'];
  readonly workspaceId: string;
  readonly parentId: string | null;
  readonly title: string;
  readonly inTrash: boolean;
  readonly trashedAnywhereAbove: boolean;
  readonly editedAt: number;
  readonly editedBy: string;
  readonly children: readonly string[];
}

/** A consent given to a client of the hosted MCP server, without its secrets. */
export type McpGrantView = Pick<McpGrant, 'id' | 'clientId' | 'userId' | 'workspaceId' | 'revoked'>;

/** Which installations a sharing command means: one, or all of the node's workspace. */
interface Sharing {
  readonly pageId: string;
  readonly botId?: string;
}

/** The commands of the control API. The typed helper for tests is derived from this table. */
export const commands = {
  requests: ({ log }: Emulation, input: { after?: number }): LogEntry[] => log.list(input.after),
  clearRequests({ log }: Emulation, _input: Record<string, never>): null {
    log.clear();
    return null;
  },
  addFault({ faults }: Emulation, fault: Fault): null {
    faults.add(fault);
    return null;
  },
  /** Makes a tool of the hosted MCP server fail. */
  addToolFault({ faults }: Emulation, fault: ToolFault): null {
    faults.tools.add(fault);
    return null;
  },
  clearFaults({ faults }: Emulation, _input: Record<string, never>): null {
    faults.clear();
    faults.release();
    return null;
  },
  /** Lets stalled requests go on. */
  release: ({ faults }: Emulation, _input: Record<string, never>) => ({ released: faults.release() }),
  installations: ({ world }: Emulation, _input: Record<string, never>): InstallationView[] =>
    [...world.connections.installations.values()].map(installationView),
  /** What a person does who removes the connection in Notion's settings. */
  revoke(emulation: Emulation, input: { botId: string }): null {
    revokeInstallation(emulation.world.connections, installationNamed(emulation, input.botId).botId);
    return null;
  },
  mcpGrants: ({ world }: Emulation, _input: Record<string, never>): McpGrantView[] =>
    [...world.mcp.grants.values()].map(({ id, clientId, userId, workspaceId, revoked }) => ({
      id,
      clientId,
      userId,
      workspaceId,
      revoked,
    })),
  /** What a person does who disconnects an MCP client in Notion's settings. */
  revokeMcp({ world }: Emulation, input: { grantId: string }): null {
    revokeMcpGrant(world.mcp, input.grantId);
    return null;
  },
  /** Ends the access tokens of a grant of the hosted MCP server and keeps its refresh token. */
  expireMcpAccess({ world }: Emulation, input: { grantId: string }): null {
    for (const token of world.mcp.accessTokens.values()) if (token.grantId === input.grantId) token.active = false;
    return null;
  },
  /** What the server does with registrations that run out: the client must register again. */
  forgetMcpClient({ world }: Emulation, input: { clientId: string }): null {
    world.mcp.clients.delete(input.clientId);
    return null;
  },
  /** Ends access tokens and keeps the refresh tokens: what an expiry looks like from outside. */
  expireAccess({ world }: Emulation, input: { botId: string }): null {
    for (const token of world.connections.accessTokens.values()) if (token.botId === input.botId) token.active = false;
    return null;
  },
  share(emulation: Emulation, input: Sharing): null {
    const node = nodeNamed(emulation, input.pageId);
    for (const one of installationsFor(emulation, node, input.botId)) one.shared.add(node.id);
    return null;
  },
  unshare(emulation: Emulation, input: Sharing): null {
    const node = nodeNamed(emulation, input.pageId);
    for (const one of installationsFor(emulation, node, input.botId)) one.shared.delete(node.id);
    return null;
  },
  /** Moves a page or database as a person does in Notion, past every connection. `parentId: null` is the top. */
  move(emulation: Emulation, input: { pageId: string; parentId: string | null; by?: string }): null {
    const node = nodeNamed(emulation, input.pageId);
    const by = input.by ?? node.editedBy;
    moveNode(emulation.world, node, input.parentId === null ? null : nodeNamed(emulation, input.parentId).id);
    touch(emulation.world, node, by);
    announce(emulation.world, { type: `${node.kind}.moved`, workspaceId: node.workspaceId, id: node.id, by });
    return null;
  },
  setTrash(emulation: Emulation, input: { pageId: string; inTrash: boolean }): null {
    const node = nodeNamed(emulation, input.pageId);
    node.inTrash = input.inTrash;
    const type = `${node.kind}.${input.inTrash ? 'deleted' : 'undeleted'}`;
    announce(emulation.world, { type, workspaceId: node.workspaceId, id: node.id, by: node.editedBy });
    return null;
  },
  /** Of a connection (for installations to come) or of one installation (at once). */
  setCapabilities(
    emulation: Emulation,
    input: { clientId?: string; botId?: string; capabilities: Partial<Capabilities> },
  ): null {
    const client = input.clientId === undefined ? undefined : emulation.world.connections.clients.get(input.clientId);
    if (client !== undefined) client.capabilities = { ...client.capabilities, ...input.capabilities };
    if (input.botId === undefined) return null;
    const one = installationNamed(emulation, input.botId);
    one.capabilities = { ...one.capabilities, ...input.capabilities };
    return null;
  },
  /** Adds to the redirect addresses of a client; without a `clientId`, of the first one. */
  addRedirectUris({ world }: Emulation, input: { redirectUris: string[]; clientId?: string }): null {
    const client = clientNamed(world, input.clientId);
    client.redirectUris = [...new Set([...client.redirectUris, ...input.redirectUris])];
    return null;
  },
  /** Gives a client another secret, as its developer does at Notion; the one of before is refused from now on. */
  renewClientSecret({ world }: Emulation, input: { clientId?: string }): { clientSecret: string } {
    const client = clientNamed(world, input.clientId);
    client.secret = world.ids.secret('secret_');
    return { clientSecret: client.secret };
  },
  setClock({ world }: Emulation, input: { freezeAtMs?: number | null; advanceMs?: number }): { nowMs: number } {
    if (input.freezeAtMs !== undefined) world.clock.freeze(input.freezeAtMs);
    if (input.advanceMs !== undefined) world.clock.advance(input.advanceMs);
    return { nowMs: world.clock.now() };
  },
  settings: ({ settings }: Emulation, input: Partial<Settings>): Settings => Object.assign(settings, input),
  node: (emulation: Emulation, input: { id: string }): NodeView | null => {
    const node = emulation.world.nodes.get(canonicalId(input.id) ?? '');
    return node === undefined ? null : nodeView(emulation, node);
  },
  /**
   * The owner of a token, if there is one. Tests use it to ask what a gateway sent, without ever reading its secret.
   */
  tokenOwner: ({ world }: Emulation, input: { token: string }): InstallationView | null => {
    const found = installationOf(world.connections, input.token);
    return found === null ? null : installationView(found);
  },
  /** Subscribes a public connection (`clientId`) or an internal one (`botId`) to webhooks, as the developer portal does. */
  async subscribe(
    { webhooks }: Emulation,
    input: {
      url: string;
      clientId?: string;
      botId?: string;
      events?: string[];
      apiVersion?: Subscription['apiVersion'];
    },
  ): Promise<{ id: string }> {
    const { url, clientId, botId, events, apiVersion = '2026-03-11' } = input;
    const owner = clientId === undefined ? { botId: botId ?? '' } : { clientId };
    const { id } = await webhooks.subscribe({ url, owner, apiVersion, ...(events === undefined ? {} : { events }) });
    return { id };
  },
  /** What a person does who pastes the verification token into the portal. */
  verifySubscription: ({ webhooks }: Emulation, input: { subscriptionId: string; token: string }) => ({
    active: webhooks.verify(input.subscriptionId, input.token),
  }),
  /** Makes the attempts that are due now instead of in a moment. */
  deliverWebhooks: async ({ webhooks }: Emulation, _input: Record<string, never>) => ({
    attempts: await webhooks.deliverDue(),
  }),
  webhookDeliveries: ({ webhooks }: Emulation, _input: Record<string, never>): readonly Delivery[] =>
    webhooks.deliveries(),
  snapshot: ({ world }: Emulation, _input: Record<string, never>) => ({ state: snapshot(world) }),
  restore({ world }: Emulation, input: { state: string }): null {
    restore(world, input.state);
    return null;
  },
};

export type Commands = typeof commands;
export type CommandName = keyof Commands;

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

function installationNamed({ world }: Emulation, botId: string): Installation {
  const found = world.connections.installations.get(botId);
  if (found === undefined) throw new Error(`there is no installation ${botId}`);
  return found;
}

function nodeNamed({ world }: Emulation, id: string): Node {
  const found = world.nodes.get(canonicalId(id) ?? '');
  if (found === undefined) throw new Error(`there is no page, database or block ${id}`);
  return found;
}

function installationsFor(emulation: Emulation, node: Node, botId: string | undefined): Installation[] {
  if (botId !== undefined) return [installationNamed(emulation, botId)];
  return [...emulation.world.connections.installations.values()].filter(one => one.workspaceId === node.workspaceId);
}

function installationView(one: Installation): InstallationView {
  const { botId, clientId, userId, workspaceId, capabilities, revoked } = one;
  return { botId, clientId, userId, workspaceId, capabilities, revoked, shared: [...one.shared] };
}

function nodeView({ world }: Emulation, node: Node): NodeView {
  const { id, kind, workspaceId, parentId, inTrash, editedAt, editedBy } = node;
  const children =
    node.kind === 'database' ? node.dataSources : node.kind === 'data_source' ? node.rows : node.children;
  const trashedAnywhereAbove = isTrashed(world, node);
  return {
    id,
    kind,
    workspaceId,
    parentId,
    title: titleOf(node),
    inTrash,
    trashedAnywhereAbove,
    editedAt,
    editedBy,
    children,
  };
}

/** Without an id, the first one. */
function clientNamed({ connections: { clients } }: World, clientId: string | undefined) {
  const client = clientId === undefined ? [...clients.values()][0] : clients.get(clientId);
  if (client === undefined) throw new Error(`there is no client ${clientId}`);
  return client;
}
