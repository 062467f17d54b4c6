import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from './records.ts';
import { indexNode } from './tree.ts';
import type { World } from './world.ts';

const STORED = [
  'workspaces',
  'people',
  'nodes',
  'tops',
  'teamspaces',
  'teamspaceOf',
  'purposes',
  'comments',
  'commentsOn',
  'discussions',
  'views',
  'fileUploads',
  'asyncTasks',
  'emojis',
] as const;
const STORED_CONNECTIONS = ['clients', 'installations', 'accessTokens', 'refreshTokens'] as const;
const STORED_MCP = ['clients', 'grants', 'accessTokens', 'refreshTokens'] as const;

/** The whole state as JSON text. Authorization codes and view queries are short-lived and left out. */
export function snapshot(world: World): string {
  const state: Record<string, unknown> = { format: 1 };
  for (const name of STORED) state[name] = [...world[name]];
  for (const name of STORED_CONNECTIONS) state[name] = [...world.connections[name]];
  for (const name of STORED_MCP) state[`mcp/${name}`] = [...world.mcp[name]];
  // Nodes in order of their last edit, so that loading them in that order rebuilds the edit log.
  state.nodes = byEdit(world).map(node => [node.id, node]);
  return JSON.stringify(state, (_key, value: unknown) =>
    value instanceof Set || value instanceof Map ? [...value] : value,
  );
}

/** Replaces everything in the world by a snapshot. */
export function restore(world: World, text: string): void {
  const state: unknown = JSON.parse(text);
  if (!isSnapshot(state)) throw new Error('this is not a state that the emulator saved');
  for (const name of STORED) refill(world[name] as Map<string, unknown>, state[name] ?? []);
  for (const name of STORED_CONNECTIONS) refill(world.connections[name] as Map<string, unknown>, state[name]);
  for (const name of STORED_MCP) refill(world.mcp[name] as Map<string, unknown>, state[`mcp/${name}`] ?? []);
  // The two records that hold a Set or a Map were written as arrays of their entries.
  for (const [id, one] of world.connections.installations) {
    world.connections.installations.set(id, { ...one, shared: new Set(one.shared) });
  }
  for (const node of world.nodes.values()) if (node.kind === 'data_source') node.schema = new Map(node.schema);
  world.connections.codes.clear();
  world.viewQueries.clear();
  rebuildIndexes(world);
}

/** Keeps a world in a directory: loads it at once, saves it shortly after changes and on `close`. */
export function persist(
  world: World,
  directory: string,
  delayMs = 200,
): { loaded: boolean; save(): void; close(): void } {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'emulator-state.json');
  const text = readIfThere(file);
  if (text !== null) restore(world, text);
  let timer: NodeJS.Timeout | null = null;
  const write = () => {
    timer = null;
    writeFileSync(`${file}.new`, snapshot(world), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    loaded: text !== null,
    save() {
      timer ??= setTimeout(write, delayMs).unref();
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      write();
    },
  };
}

function byEdit(world: World): Node[] {
  const place = (node: Node) => world.edits.get(node.workspaceId)?.numberOf(node.id) ?? 0;
  return [...world.nodes.values()].sort((a, b) => place(a) - place(b));
}

function rebuildIndexes(world: World): void {
  world.edits.clear();
  world.titles.clear();
  world.meetings.clear();
  for (const node of world.nodes.values()) indexNode(world, node);
}

function refill(map: Map<string, unknown>, entries: unknown): void {
  map.clear();
  for (const [key, value] of entries as [string, unknown][]) map.set(key, value);
}

function isSnapshot(state: unknown): state is Record<string, unknown> {
  return typeof state === 'object' && state !== null && 'format' in state && state.format === 1;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
