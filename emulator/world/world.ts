import type { Clock } from '../clock.ts';
import type { Identifiers } from '../identifiers.ts';
import { type Connections, createConnections } from './connections.ts';
import type { EditLog } from './edit-log.ts';
import type { FileStore } from './file-store.ts';
import { createMcpGrants, type McpGrants } from './mcp-grants.ts';
import type {
  AsyncTask,
  Comment,
  CustomEmoji,
  FileUpload,
  Node,
  PagePurpose,
  Person,
  Teamspace,
  View,
  ViewQuery,
  Workspace,
} from './records.ts';
import type { TitleIndex } from './title-index.ts';

/** What happened to an object; webhooks and saving listen. `type` is spelled as Notion's webhook events are. */
export interface Change {
  readonly type: string;
  readonly workspaceId: string;
  readonly id: string;
  readonly by: string;
  readonly at: number;
  readonly data?: Record<string, unknown>;
}

/** Everything one emulator holds. Maps are by id; the functions beside this file keep the indexes true. */
export interface World {
  readonly clock: Clock;
  readonly ids: Identifiers;
  readonly connections: Connections;
  /** Clients, consents and tokens of the hosted MCP server. */
  readonly mcp: McpGrants;
  readonly workspaces: Map<string, Workspace>;
  readonly people: Map<string, Person>;
  readonly nodes: Map<string, Node>;
  /** Ids at the top of each workspace, in order. */
  readonly tops: Map<string, string[]>;
  readonly teamspaces: Map<string, Teamspace>;
  /** Teamspace ids by the top-level page or database that stands in it. */
  readonly teamspaceOf: Map<string, string>;
  /** By page id; absent for plain pages. */
  readonly purposes: Map<string, PagePurpose>;
  readonly comments: Map<string, Comment>;
  /** Comment ids by the page or block they stand on. */
  readonly commentsOn: Map<string, string[]>;
  /** Where each discussion is, so that replies find their place. */
  readonly discussions: Map<string, string>;
  readonly views: Map<string, View>;
  readonly viewQueries: Map<string, ViewQuery>;
  readonly fileUploads: Map<string, FileUpload>;
  readonly asyncTasks: Map<string, AsyncTask>;
  readonly emojis: Map<string, CustomEmoji>;
  readonly files: FileStore;
  /** Indexes, one of each per workspace; rebuilt when a saved state is loaded. */
  readonly edits: Map<string, EditLog>;
  readonly titles: Map<string, TitleIndex>;
  readonly meetings: Map<string, Set<string>>;
  readonly listeners: Set<(change: Change) => void>;
}

export function createWorld(clock: Clock, ids: Identifiers, files: FileStore): World {
  return {
    clock,
    ids,
    connections: createConnections(),
    mcp: createMcpGrants(),
    workspaces: new Map(),
    people: new Map(),
    nodes: new Map(),
    tops: new Map(),
    teamspaces: new Map(),
    teamspaceOf: new Map(),
    purposes: new Map(),
    comments: new Map(),
    commentsOn: new Map(),
    discussions: new Map(),
    views: new Map(),
    viewQueries: new Map(),
    fileUploads: new Map(),
    asyncTasks: new Map(),
    emojis: new Map(),
    files,
    edits: new Map(),
    titles: new Map(),
    meetings: new Map(),
    listeners: new Set(),
  };
}

export function announce(world: World, change: Omit<Change, 'at'>): void {
  const complete = { ...change, at: world.clock.now() };
  for (const listener of world.listeners) listener(complete);
}

/** The entry of a keyed index, made when first asked for. */
export function entryOf<V>(index: Map<string, V>, key: string, create: () => V): V {
  const found = index.get(key);
  if (found !== undefined) return found;
  const made = create();
  index.set(key, made);
  return made;
}
