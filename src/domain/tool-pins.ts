import { hash } from 'node:crypto';
import type { ConnectionId, WorkspaceId } from './ids.ts';
import type { CommandContext } from './operation.ts';

/**
 * A tool of a hosted MCP server and how its server describes it: name, description, schemas and annotations as JSON with sorted
 * keys. A model reads descriptions as instructions, so a server that changes one changes what its callers' agents do.
 */
export interface PinnedTool {
  readonly tool: string;
  /** The definition that was accepted; null: none. */
  readonly accepted: string | null;
  /** The definition that the server gave when it was last asked; null: it did not offer the tool. */
  readonly offered: string | null;
  /** When `offered` last became what it is. */
  readonly changedAt: Date;
}

/** Only an accepted tool is called. */
export const pinStates = ['accepted', 'changed', 'added', 'removed'] as const;
export type PinState = (typeof pinStates)[number];

export function pinStateOf({ accepted, offered }: Pick<PinnedTool, 'accepted' | 'offered'>): PinState {
  if (accepted === offered) return 'accepted';
  if (accepted === null) return 'added';
  return offered === null ? 'removed' : 'changed';
}

/** What a person names who accepts a definition, so that it is the one that they saw: SHA-256 in hex, or `removed`. */
export function fingerprintOf(definition: string | null): string {
  return definition === null ? 'removed' : hash('sha256', definition);
}

/** The tools of one connection to a hosted MCP server. */
export interface ConnectionTools {
  readonly connectionId: ConnectionId;
  /** When the server was last asked; null: never. */
  readonly lookedAt: Date | null;
  readonly tools: readonly PinnedTool[];
}

/** What the server says now, compared with what is known of it. */
export interface ToolComparison {
  readonly tools: readonly PinnedTool[];
  /** Tools whose offered definition is another one than before. */
  readonly moved: readonly PinnedTool[];
}

/**
 * Compares what a server offers with what is known. The first answer of a connection is accepted as it is: a person has just
 * connected this server. Later, what differs waits for a person, and what is again as it was accepted waits no more.
 */
export function compareTools(
  known: readonly PinnedTool[],
  offered: ReadonlyMap<string, string>,
  { first, at }: { readonly first: boolean; readonly at: Date },
): ToolComparison {
  const before = new Map(known.map(one => [one.tool, one]));
  const names = [...new Set([...before.keys(), ...offered.keys()])].sort();
  const moved: PinnedTool[] = [];
  const tools = names.flatMap(tool => {
    const was = before.get(tool);
    const now = offered.get(tool) ?? null;
    if (was !== undefined && was.offered === now) return was;
    const accepted = first ? now : (was?.accepted ?? null);
    const is = { tool, accepted, offered: now, changedAt: at };
    moved.push(is);
    // A tool that nobody accepted and that is gone again leaves nothing.
    return accepted === null && now === null ? [] : is;
  });
  return { tools, moved };
}

/** On whose behalf a server is asked. */
export type LookingFor = Pick<CommandContext, 'caller' | 'clientAddress' | 'requestId'>;

/** Whether hosted tools are still those that somebody accepted. */
export interface ToolPins {
  /** Names of the tools that may be called: those whose definition is accepted. */
  accepted(workspaceId: WorkspaceId, connectionId: ConnectionId, context: LookingFor): Promise<ReadonlySet<string>>;
  /** Asks the server now, and keeps what it says. Throws what asking throws. */
  look(workspaceId: WorkspaceId, connectionId: ConnectionId, context: LookingFor): Promise<void>;
  all(workspaceId: WorkspaceId): Promise<readonly ConnectionTools[]>;
  /**
   * Accepts what the server of a connection offers now. Throws `not_found` for a connection or tool that is not there, and
   * `conflict` where something else is offered than the person saw.
   *
   * @param seen the fingerprint of the definition that the person saw, by tool
   */
  accept(
    workspaceId: WorkspaceId,
    connectionId: ConnectionId,
    seen: ReadonlyMap<string, string>,
    context: CommandContext,
  ): Promise<void>;
}
