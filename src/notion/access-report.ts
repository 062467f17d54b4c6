import type { Action } from '../domain/action.ts';
import { actionsOfRole } from '../domain/role.ts';
import { type Capability, capabilities, capabilitiesFor, capabilityNames } from './capabilities.ts';
import { canonicalId } from './ids.ts';

/** Somebody who may call through the workspace's connections. */
export interface Holder {
  readonly kind: 'user' | 'agent';
  readonly role: string;
  /** The ceilings of their keys that work today; null for a key without one. */
  readonly keys: readonly (readonly Action[] | null)[];
}

/** What the policy of a workspace can use of a connection. */
export interface Use {
  /** Somebody can do it today, with a key or in the dashboard. */
  readonly inUse: ReadonlySet<Capability>;
  /** Somebody's role allows it; all it takes is a key. */
  readonly possible: ReadonlySet<Capability>;
}

/** What a person can do without a key: the routes about content that take a browser session. */
const sessionActions: readonly Action[] = ['read', 'create'];

export function policyUse(holders: readonly Holder[]): Use {
  const now = holders.flatMap(({ kind, role, keys }) => {
    const ceilings = kind === 'user' ? [...keys, sessionActions] : keys;
    return [...actionsOfRole(role)].filter(action =>
      ceilings.some(ceiling => ceiling === null || ceiling.includes(action)),
    );
  });
  const ever = holders.flatMap(({ role }) => [...actionsOfRole(role)]);
  return { inUse: capabilitiesFor(now), possible: capabilitiesFor(ever) };
}

/** What is known of one capability of one connection. */
export type Knowledge = { readonly held: boolean; readonly shownBy: string; readonly learnedAt: Date } | null;

/**
 * fits: it is there and used, or neither. excess: it is there, and no role here could ever use it. spare: it is there,
 * roles could use it, and nobody can today. missing: somebody can use it here, and Notion will refuse. unknown: no
 * answer of Notion's has shown yet whether it is there.
 */
export type Verdict = 'fits' | 'excess' | 'spare' | 'missing' | 'unknown';

export interface CapabilityFinding {
  readonly capability: Capability;
  /** As Notion's settings page calls it. */
  readonly name: string;
  readonly state: 'held' | 'lacking' | 'unknown';
  readonly need: 'in_use' | 'possible' | 'none';
  readonly verdict: Verdict;
  /** What to change at Notion; null when there is nothing to change. */
  readonly advice: string | null;
  readonly shownBy: string | null;
  readonly learnedAt: Date | null;
}

const where = 'in the settings of the integration (notion.so/profile/integrations), then reconnect the workspace';

/** Compares what a connection can do with what the policy can use of it. */
export function judgeCapabilities(known: ReadonlyMap<string, NonNullable<Knowledge>>, use: Use): CapabilityFinding[] {
  return capabilities.map(capability => {
    const knowledge = known.get(capability) ?? null;
    const state = knowledge === null ? 'unknown' : knowledge.held ? 'held' : 'lacking';
    const need = use.inUse.has(capability) ? 'in_use' : use.possible.has(capability) ? 'possible' : 'none';
    const verdict = verdictOn(capability, state, need);
    const name = capabilityNames[capability];
    return {
      capability,
      name,
      state,
      need,
      verdict,
      advice: adviceOn(name, verdict, need),
      shownBy: knowledge?.shownBy ?? null,
      learnedAt: knowledge?.learnedAt ?? null,
    };
  });
}

function verdictOn(
  capability: Capability,
  state: CapabilityFinding['state'],
  need: CapabilityFinding['need'],
): Verdict {
  if (state === 'unknown') return 'unknown';
  if (state === 'held') return need === 'none' ? 'excess' : need === 'possible' ? 'spare' : 'fits';
  // People can be listed without their addresses, so nothing is refused for lack of those.
  return need === 'in_use' && capability !== 'user_emails' ? 'missing' : 'fits';
}

function adviceOn(name: string, verdict: Verdict, need: CapabilityFinding['need']): string | null {
  switch (verdict) {
    case 'fits':
      return null;
    case 'excess':
      return `Turn off "${name}" ${where}: nobody in this workspace can ever use it here.`;
    case 'spare':
      return `"${name}" is used by no key today. Turn it off ${where}, unless somebody is to have a key for it.`;
    case 'missing':
      return `Turn on "${name}" ${where}: keys here allow what Notion refuses without it.`;
    case 'unknown':
      return need === 'none'
        ? `Nobody here can use "${name}". Whether the connection has it is not known; if so, turn it off ${where}.`
        : null;
  }
}

/** What search tells of an object beside its title: where it lies, and whether everybody on the web may read it. */
export interface Reached {
  readonly publicUrl: string | null;
  /** `workspace`: at the top. Null: Notion does not say, or names something that has no address in its API. */
  readonly parent: 'workspace' | { readonly kind: ParentKind; readonly id: string } | null;
}

type ParentKind = 'page' | 'database' | 'data_source' | 'block';

/** Where each kind of parent is asked for: an answer means that the connection sees it too. */
const parentPaths: Readonly<Record<ParentKind, string>> = {
  page: '/v1/pages',
  database: '/v1/databases',
  data_source: '/v1/data_sources',
  block: '/v1/blocks',
};

export function parentPath({ kind, id }: { kind: ParentKind; id: string }): `/v1/${string}` {
  return `${parentPaths[kind]}/${id}` as `/v1/${string}`;
}

/** Reads a search result. A data source lies in its database, and what counts is where that lies (`database_parent`). */
export function readReached(result: unknown): Reached {
  if (!isRecord(result)) return { publicUrl: null, parent: null };
  const { public_url: publicUrl, parent, database_parent: databaseParent } = result;
  return {
    publicUrl: typeof publicUrl === 'string' && /^https?:\/\//.test(publicUrl) ? publicUrl : null,
    parent: readParent(result.object === 'data_source' ? databaseParent : parent),
  };
}

function readParent(parent: unknown): Reached['parent'] {
  if (!isRecord(parent)) return null;
  if (parent.type === 'workspace') return 'workspace';
  for (const kind of ['page', 'data_source', 'database', 'block'] as const) {
    const id = parent[`${kind}_id`];
    const canonical = typeof id === 'string' ? canonicalId(id) : null;
    if (parent.type === `${kind}_id` && canonical !== null) return { kind, id: canonical };
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
