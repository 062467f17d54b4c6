import type { Action } from '../domain/action.ts';
import type { PrincipalId } from '../domain/ids.ts';
import { type Capability, capabilities, capabilitiesFor, capabilityNames } from './capabilities.ts';
import { canonicalId } from './ids.ts';

/** A principal who may call through the workspace's connections. */
export interface RoleHolder {
  readonly id: PrincipalId;
  readonly kind: 'user' | 'agent';
  /** What the policy allows them in some place of the workspace at least. */
  readonly allowed: readonly Action[];
  /** The ceilings of their keys that work today; null for a key without one. */
  readonly keys: readonly (readonly Action[] | null)[];
}

/** What the policy of a workspace can use of a connection. */
export interface Use {
  /** Someone can use the capability today, with a key or in the dashboard. */
  readonly inUse: ReadonlySet<Capability>;
  /** The policy allows someone to use it; only a key is missing. */
  readonly possible: ReadonlySet<Capability>;
}

/** What a person can do without a key: the routes about content that take a browser session. */
const sessionActions: readonly Action[] = ['read', 'create'];

export function policyUse(holders: readonly RoleHolder[]): Use {
  const now = holders.flatMap(({ kind, allowed, keys }) => {
    const ceilings = kind === 'user' ? [...keys, sessionActions] : keys;
    return allowed.filter(action => ceilings.some(ceiling => ceiling === null || ceiling.includes(action)));
  });
  const ever = holders.flatMap(({ allowed }) => allowed);
  return { inUse: capabilitiesFor(now), possible: capabilitiesFor(ever) };
}

/** What is known about one capability of one connection. */
export type Knowledge = { readonly held: boolean; readonly shownBy: string; readonly learnedAt: Date } | null;

/**
 * fits: it is there and used, or neither. excess: it is there, and no role could ever use it. spare: it is there, roles
 * could use it, and today no one can. missing: someone can use it here, and Notion will refuse. unknown: no answer of
 * Notion's has shown yet whether it is there.
 */
export type CapabilityVerdict = 'fits' | 'excess' | 'spare' | 'missing' | 'unknown';

export interface CapabilityFinding {
  readonly capability: Capability;
  /** As Notion's settings page calls it. */
  readonly name: string;
  readonly state: 'held' | 'lacking' | 'unknown';
  readonly need: 'in_use' | 'possible' | 'none';
  readonly verdict: CapabilityVerdict;
  /** What to change at Notion, or to check there; null if there is nothing to change. */
  readonly advice: string | null;
  /** If it is unknown: how it will be learned. */
  readonly learnedBy: string | null;
  readonly shownBy: string | null;
  readonly learnedAt: Date | null;
}

/** Compares what a connection can do with what the policy can use of it. */
export function judgeCapabilities(known: ReadonlyMap<string, NonNullable<Knowledge>>, use: Use): CapabilityFinding[] {
  return capabilities.map(capability => {
    const knowledge = known.get(capability) ?? null;
    const state = knowledge === null ? 'unknown' : knowledge.held ? 'held' : 'lacking';
    const need = use.inUse.has(capability) ? 'in_use' : use.possible.has(capability) ? 'possible' : 'none';
    const verdict = verdictOn(capability, state, need);
    return {
      capability,
      name: capabilityNames[capability],
      state,
      need,
      verdict,
      advice: adviceOn(capability, verdict, need),
      learnedBy: state === 'unknown' ? teachers[capability] : null,
      shownBy: knowledge?.shownBy ?? null,
      learnedAt: knowledge?.learnedAt ?? null,
    };
  });
}

/** Notion's setting for user information is one choice of three; two capabilities come of it. */
export type UserInformation = 'none' | 'without_email' | 'with_email' | 'at_least_without_email' | 'unknown';

export function userInformationOf(findings: readonly CapabilityFinding[]): UserInformation {
  const stateOf = (wanted: Capability) => findings.find(({ capability }) => capability === wanted)?.state ?? 'unknown';
  const people = stateOf('user_information');
  if (people !== 'held') return people === 'lacking' ? 'none' : 'unknown';
  const emails = stateOf('user_emails');
  return emails === 'unknown' ? 'at_least_without_email' : emails === 'held' ? 'with_email' : 'without_email';
}

const writing =
  'Known once a caller does it through Portcullis, or Notion refuses a probe. A probe that is not refused proves ' +
  'nothing while it is not known whether Notion checks the object first or the capability.';

/** How an unknown capability will be learned. */
const teachers: Readonly<Record<Capability, string>> = {
  read_content: 'Known once a search is answered.',
  update_content: writing,
  insert_content: writing,
  read_comments: 'Known once the comments of a page were asked for, which takes a page that is shared.',
  insert_comments: writing,
  user_information: 'Known once the list of users is answered.',
  user_emails: 'Known once the list of users has a person in it.',
};

function verdictOn(
  capability: Capability,
  state: CapabilityFinding['state'],
  need: CapabilityFinding['need'],
): CapabilityVerdict {
  if (state === 'unknown') return 'unknown';
  if (state === 'held') return need === 'none' ? 'excess' : need === 'possible' ? 'spare' : 'fits';
  // People can be listed without their addresses, so Notion refuses nothing if addresses are missing.
  return need === 'in_use' && capability !== 'user_emails' ? 'missing' : 'fits';
}

/** The choices in Notion's settings with the capability, and without it. */
function choicesFor(capability: Capability): { readonly have: string; readonly leave: string } {
  const withoutEmails = 'Choose "Read user information without email addresses"';
  if (capability === 'user_information') return { have: withoutEmails, leave: 'Choose "No user information"' };
  const name = capabilityNames[capability];
  if (capability === 'user_emails') return { have: `Choose "${name}"`, leave: withoutEmails };
  return { have: `Turn on "${name}"`, leave: `Turn off "${name}"` };
}

const where = 'in the settings of the integration (notion.so/profile/integrations), then reconnect the workspace';

function adviceOn(capability: Capability, verdict: CapabilityVerdict, need: CapabilityFinding['need']): string | null {
  const { have, leave } = choicesFor(capability);
  const name = capabilityNames[capability];
  switch (verdict) {
    case 'fits':
      return null;
    case 'excess':
      return `${leave} ${where}: no role can ever use "${name}" through this connection.`;
    case 'spare':
      return `No one can use "${name}" today. ${leave} ${where}, unless someone is to get a key for it.`;
    case 'missing':
      return `${have} ${where}: keys here allow what Notion refuses without it.`;
    case 'unknown':
      return need === 'none'
        ? `No role can use "${name}" through this connection, and it is not known whether the connection has it. If it has: ${leave} ${where}.`
        : null;
  }
}

/** What search says about an object beside its title: where it lies, and whether it is published on the web. */
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
