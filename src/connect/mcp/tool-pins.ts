import { PortcullisError } from '../../domain/errors.ts';
import type { RecordedEvent } from '../../domain/event.ts';
import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import { Lru } from '../../domain/lru.ts';
import { principalIdOf } from '../../domain/principal.ts';
import {
  type ConnectionTools,
  compareTools,
  fingerprintOf,
  type LookingFor,
  type PinnedTool,
  pinStateOf,
  type ToolComparison,
  type ToolPins,
} from '../../domain/tool-pins.ts';
import { minuteMs, type Now, secondMs } from '../../domain/units.ts';
import { readToolPage } from '../../notion/tool-list.ts';

/** Where what is known of hosted tools is kept. */
export interface ToolPinStore {
  /** Null: there is no such connection to a hosted MCP server in this workspace. */
  of(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<ConnectionTools | null>;
  /** Every connection of the workspace to a hosted MCP server that serves. */
  all(workspaceId: WorkspaceId): Promise<readonly ConnectionTools[]>;
  /**
   * Replaces what is known of a connection, with its entries in the log, in one commit and one at a time. Throws `not_found`
   * as `of` says null.
   */
  replace(
    workspaceId: WorkspaceId,
    connectionId: ConnectionId,
    change: (known: ConnectionTools) => {
      readonly tools: readonly PinnedTool[];
      readonly events: readonly RecordedEvent[];
      /** Whether the server was asked for it now. */
      readonly looked: boolean;
    },
  ): Promise<void>;
}

/** Asks the server of a connection for one page of its tools. Throws if it does not answer. */
export type AskForTools = (
  place: { readonly workspaceId: WorkspaceId; readonly connectionId: ConnectionId },
  cursor: string | null,
  context: LookingFor,
) => Promise<unknown>;

/** What a server offered is believed for so long. */
const lookAgainMs = 5 * minuteMs;
/** What the database says is believed for so long: another instance may have looked, or a person accepted something. */
const readAgainMs = 5 * secondMs;
const remembered = 10_000;
/** Tools of one server, and pages of its list. */
const toolsMax = 500;
const pagesMax = 20;

export function createToolPins(parts: {
  readonly store: ToolPinStore;
  readonly ask: AskForTools;
  readonly now: Now;
  readonly monotonicMs: () => number;
  readonly onTrouble: (error: unknown) => void;
}): ToolPins {
  const { store, ask, now, monotonicMs, onTrouble } = parts;
  const known = new Lru<{ readonly names: Promise<ReadonlySet<string>>; readonly at: number }>(remembered);
  const lookedAtMs = new Lru<number>(remembered);
  const looking = new Map<ConnectionId, Promise<void>>();

  async function readAccepted(
    workspaceId: WorkspaceId,
    connectionId: ConnectionId,
    context: LookingFor,
  ): Promise<ReadonlySet<string>> {
    if (monotonicMs() - (lookedAtMs.get(connectionId) ?? Number.NEGATIVE_INFINITY) > lookAgainMs) {
      // What was accepted stays accepted while the server does not answer: then no call is answered either.
      await look(workspaceId, connectionId, context).catch(onTrouble);
    }
    const tools = (await store.of(workspaceId, connectionId))?.tools ?? [];
    return new Set(tools.filter(one => pinStateOf(one) === 'accepted').map(({ tool }) => tool));
  }

  function look(workspaceId: WorkspaceId, connectionId: ConnectionId, context: LookingFor): Promise<void> {
    const running = looking.get(connectionId);
    if (running !== undefined) return running;
    const looked = lookOnce({ workspaceId, connectionId }, context).finally(() => looking.delete(connectionId));
    looking.set(connectionId, looked);
    return looked;
  }

  async function lookOnce(place: Parameters<AskForTools>[0], context: LookingFor): Promise<void> {
    const { workspaceId, connectionId } = place;
    const offered = await readAll(cursor => ask(place, cursor, context));
    await store.replace(workspaceId, connectionId, before => {
      const first = before.lookedAt === null;
      const comparison = compareTools(before.tools, offered, { first, at: now() });
      return {
        tools: comparison.tools,
        events: eventsOf(comparison, { first, workspaceId, connectionId }),
        looked: true,
      };
    });
    lookedAtMs.set(connectionId, monotonicMs());
    known.delete(connectionId);
  }

  return {
    async accepted(workspaceId, connectionId, context) {
      const before = known.get(connectionId);
      if (before !== undefined && monotonicMs() - before.at < readAgainMs) return before.names;
      const names = readAccepted(workspaceId, connectionId, context);
      known.set(connectionId, { names, at: monotonicMs() });
      names.catch(() => known.delete(connectionId));
      return names;
    },
    look,
    all: store.all,
    async accept(workspaceId, connectionId, seen, { caller, clientAddress, requestId }) {
      await store.replace(workspaceId, connectionId, ({ tools }) => {
        const accepted = acceptSeen(tools, seen);
        const common = { workspaceId, principalId: principalIdOf(caller), clientAddress, requestId };
        const events = [...seen.keys()].map((tool): RecordedEvent => {
          const detail = { connection: connectionId, tool: nameInLog(tool) };
          return { ...common, name: 'tools.accepted', result: 'success', detail };
        });
        return { tools: accepted, events, looked: false };
      });
      known.delete(connectionId);
    },
  };
}

function acceptSeen(tools: readonly PinnedTool[], seen: ReadonlyMap<string, string>): readonly PinnedTool[] {
  const names = new Set(tools.map(({ tool }) => tool));
  const missing = [...seen.keys()].find(tool => !names.has(tool));
  if (missing !== undefined) throw new PortcullisError('not_found', 'There is no such tool at this connection.');
  return tools.flatMap(one => {
    const saw = seen.get(one.tool);
    if (saw === undefined) return one;
    if (saw !== fingerprintOf(one.offered)) {
      throw new PortcullisError(
        'conflict',
        `The server describes ${nameInLog(one.tool)} otherwise by now. Look again.`,
      );
    }
    return one.offered === null ? [] : { ...one, accepted: one.offered };
  });
}

/** Every tool of a server. */
async function readAll(ask: (cursor: string | null) => Promise<unknown>): Promise<ReadonlyMap<string, string>> {
  const tools = new Map<string, string>();
  let cursor: string | null = null;
  for (let pages = 0; pages < pagesMax; pages++) {
    const page = readToolPage(await ask(cursor));
    if (page === null) throw refused('an answer that is no list of tools');
    for (const [name, definition] of page.tools) {
      if (tools.has(name)) throw refused('a tool that is listed twice');
      tools.set(name, definition);
    }
    if (tools.size > toolsMax) throw refused('more tools than a server may have');
    cursor = page.nextCursor;
    if (cursor === null) return tools;
  }
  throw refused('a list of tools without an end');
}

function refused(what: string): PortcullisError {
  return new PortcullisError('upstream_refused', undefined, {
    log: `the MCP server answered with ${what}`,
    fate: 'failed',
  });
}

function eventsOf(
  { tools, moved }: ToolComparison,
  {
    first,
    ...where
  }: { readonly first: boolean; readonly workspaceId: WorkspaceId; readonly connectionId: ConnectionId },
): RecordedEvent[] {
  const { workspaceId, connectionId: connection } = where;
  const common = { workspaceId, principalId: null, result: 'success' } as const;
  if (first) return [{ ...common, name: 'tools.pinned', detail: { connection, count: tools.length } }];
  return moved.map(one => ({
    ...common,
    name: 'tools.changed',
    detail: { connection, tool: nameInLog(one.tool), state: pinStateOf(one) },
  }));
}

/** A stranger's text is not the log's, unless it can only be a name. */
function nameInLog(tool: string): string {
  return /^[A-Za-z0-9_.:-]{1,100}$/.test(tool) ? tool : 'a tool with no ordinary name';
}
