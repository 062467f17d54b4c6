import { type Action, isAction } from '../domain/action.ts';
import { type Ancestry, objectKey } from '../domain/ancestry.ts';
import type { DenyReason } from '../domain/decision-reasons.ts';
import type { Door } from '../domain/door.ts';
import type { KeyLimit } from '../domain/grant.ts';
import { type ConsentId, type GrantId, isId, type KeyId, type PrincipalId, type WorkspaceId } from '../domain/ids.ts';
import type { NotionObjectKind } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import type { PastCall } from '../domain/past-call.ts';
import type { Policy } from '../domain/policy.ts';
import type { Asker, JudgedObject } from '../domain/policy-snapshot.ts';

/** A decision out of the log. */
export interface RecordedCall {
  readonly id: string;
  readonly decision: string | null;
  readonly time: Date;
  readonly operation: string;
  readonly principal: PrincipalId;
  readonly credential: string | null;
  readonly door: Door;
  readonly address: string;
  readonly effect: 'allow' | 'deny';
  readonly because: string;
  /** Those that decided it. */
  readonly grants: readonly GrantId[];
  readonly objects: readonly { readonly kind: string; readonly id: string | null; readonly action: string }[];
}

/** Which calls to read. */
export interface PastTime {
  readonly since: Date;
  readonly until: Date;
  /** Calls to Notion alone, or those to Portcullis too. */
  readonly of: 'notion' | 'everything';
}

/** What the log holds of a time, and the limits of the keys and consents in it. */
export interface RecordedCalls {
  /** Newest first, at most `max`. `complete`: there are no more in that time. */
  read(
    workspaceId: WorkspaceId,
    time: PastTime,
    max: number,
  ): Promise<{ readonly calls: readonly RecordedCall[]; readonly complete: boolean }>;
  /** By id, including ended ones; null for no limit. Keys that are gone are left out. */
  limitsOf(
    workspaceId: WorkspaceId,
    credentials: readonly (KeyId | ConsentId)[],
  ): Promise<ReadonlyMap<string, KeyLimit | null>>;
}

/** What is known about the calls today. */
export interface KnownOfCalls {
  /** Where their objects stand, by `objectKey`. */
  readonly places: ReadonlyMap<string, Ancestry>;
  /** Of their keys and consents; one that is gone is left out. */
  readonly limits: ReadonlyMap<string, KeyLimit | null>;
  /** A policy says nothing about principals who have left. */
  readonly members: Policy['members'];
}

/** A call that can be judged again. */
export interface PlacedCall extends PastCall {
  readonly recorded: RecordedCall;
}

/** The reasons of decisions by the policy. With any other reason, every policy would decide the same. */
const byPolicy: ReadonlySet<string> = new Set([
  'role',
  'grant',
  ...([
    'role_lacks_action',
    'key_lacks_action',
    'denied_by_grant',
    'outside_limit',
    'outside_key_pages',
  ] satisfies DenyReason[]),
]);

const inNotion: ReadonlySet<string> = new Set(['page', 'database', 'data_source', 'block', 'comment', 'view']);

/** What of the calls must be known before they are judged: where their objects stand. */
export function objectsOf(calls: readonly RecordedCall[]): NotionRef[] {
  const all = calls.filter(({ because }) => byPolicy.has(because)).flatMap(({ objects }) => objects);
  const refs = all.flatMap(({ kind, id }) =>
    id === null || !inNotion.has(kind) ? [] : [{ kind: kind as NotionObjectKind, id }],
  );
  return [...new Map(refs.map(ref => [objectKey(ref), ref])).values()];
}

/**
 * Prepares past calls of members to be judged again. `unplaced`: calls whose objects or keys are no longer known.
 *
 * @param at the time for conditions; null: the time of each call
 */
export function placeCalls(
  calls: readonly RecordedCall[],
  known: KnownOfCalls,
  at: Date | null,
): { readonly placed: readonly PlacedCall[]; readonly unplaced: readonly RecordedCall[] } {
  const placed: PlacedCall[] = [];
  const unplaced: RecordedCall[] = [];
  for (const recorded of calls) {
    if (!byPolicy.has(recorded.because) || !known.members.has(recorded.principal)) continue;
    const asker = askerIn(recorded, known.limits, at);
    const demands = demandsIn(recorded, known.places);
    if (asker === null || demands === null) unplaced.push(recorded);
    else placed.push({ recorded, asker, demands, effect: recorded.effect });
  }
  return { placed, unplaced };
}

function askerIn(call: RecordedCall, limits: KnownOfCalls['limits'], at: Date | null): Asker | null {
  const { principal, credential, door, address, time } = call;
  const limit = isLimited(credential) ? limits.get(credential) : null;
  // The key is gone, and so its limit is not known.
  if (limit === undefined) return null;
  const signIn = isLimited(credential) ? ({ strength: 'key', at: null } as const) : null;
  return { principal, limit, context: { at: at ?? time, door, address, signIn } };
}

/** A key, or the consent behind an access token. */
export function isLimited(credential: string | null): credential is KeyId | ConsentId {
  return isId('key', credential) || isId('cns', credential);
}

/** Null: the place of one of them is not known. */
function demandsIn({ effect, objects }: RecordedCall, places: KnownOfCalls['places']): PastCall['demands'] | null {
  const demands: { action: Action; object: JudgedObject }[] = [];
  for (const { kind, id, action } of objects) {
    const object = objectIn(effect, kind, id, places);
    if (!isAction(action) || object === null) return null;
    demands.push({ action, object });
  }
  return demands.length === 0 ? null : demands;
}

function objectIn(
  effect: 'allow' | 'deny',
  kind: string,
  id: string | null,
  places: KnownOfCalls['places'],
): JudgedObject | null {
  // A list that was answered was filtered object by object.
  if (id === null) return kind === 'workspace' ? { state: 'workspace', filtered: effect === 'allow' } : null;
  if (!inNotion.has(kind)) return null;
  const ancestry = places.get(objectKey({ kind: kind as NotionObjectKind, id }));
  return ancestry?.state === 'known' ? ancestry : null;
}
