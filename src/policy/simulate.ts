import { isAction } from '../domain/action.ts';
import { type Ancestry, objectKey } from '../domain/ancestry.ts';
import type { DenyReason } from '../domain/decision-reasons.ts';
import type { Door } from '../domain/door.ts';
import type { KeyLimit } from '../domain/grant.ts';
import type { KeyId, PrincipalId, WorkspaceId } from '../domain/ids.ts';
import { isId } from '../domain/ids.ts';
import type { NotionObjectKind } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import type { Asker, JudgedObject, Judgement, PolicySnapshot } from '../domain/policy-snapshot.ts';

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
  readonly objects: readonly { readonly kind: string; readonly id: string | null; readonly action: string }[];
}

/** What the log holds of a time, and the limits of the keys in it. */
export interface RecordedCalls {
  /** Newest first, at most `max`. `complete`: there are no more in that time. */
  read(
    workspaceId: WorkspaceId,
    time: { readonly since: Date; readonly until: Date },
    max: number,
  ): Promise<{ readonly calls: readonly RecordedCall[]; readonly complete: boolean }>;
  limitsOf(workspaceId: WorkspaceId, keys: readonly KeyId[]): Promise<ReadonlyMap<string, KeyLimit | null>>;
}

/** A call that a draft would decide differently. */
export interface FlippedCall {
  readonly call: RecordedCall;
  readonly becomes: Judgement;
}

export interface Simulation {
  /** Calls that were judged again. */
  readonly calls: number;
  readonly flips: readonly FlippedCall[];
  /** Calls that were decided by something else than the policy, or whose objects nobody knows any more. */
  readonly skipped: number;
}

/** Decided by the policy. Everything else would be decided the same under any. */
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
 * Judges calls of the log again, under a draft. Objects are looked for where they stand today.
 *
 * @param at the moment that conditions are judged at; null: that of each call
 */
export function simulate(
  draft: PolicySnapshot,
  calls: readonly RecordedCall[],
  places: ReadonlyMap<string, Ancestry>,
  limits: ReadonlyMap<string, KeyLimit | null>,
  at: Date | null,
): Simulation {
  const flips: FlippedCall[] = [];
  let skipped = 0;
  for (const call of calls) {
    const becomes = byPolicy.has(call.because) ? judgeAgain(draft, call, places, limits, at) : null;
    if (becomes === null) skipped += 1;
    else if (becomes.effect !== call.effect) flips.push({ call, becomes });
  }
  return { calls: calls.length - skipped, flips, skipped };
}

/** Every object must be allowed, as on the path. Null: it cannot be said. */
function judgeAgain(
  draft: PolicySnapshot,
  call: RecordedCall,
  places: ReadonlyMap<string, Ancestry>,
  limits: ReadonlyMap<string, KeyLimit | null>,
  at: Date | null,
): Judgement | null {
  const asker = askerIn(call, limits, at);
  if (asker === null || call.objects.length === 0) return null;
  let last: Judgement | null = null;
  for (const { kind, id, action } of call.objects) {
    const object = objectIn(call, kind, id, places);
    if (!isAction(action) || object === null) return null;
    const judgement = draft.judge(asker, action, object);
    if (judgement.effect === 'deny') return judgement;
    last = judgement;
  }
  return last;
}

function askerIn(call: RecordedCall, limits: ReadonlyMap<string, KeyLimit | null>, at: Date | null): Asker | null {
  const { principal, credential, door, address, time } = call;
  const limit = isId('key', credential) ? limits.get(credential) : null;
  // The key is gone, and with it what it was limited to.
  if (limit === undefined) return null;
  const signIn = isId('key', credential) ? ({ strength: 'key', at: null } as const) : null;
  return { principal, limit, context: { at: at ?? time, door, address, signIn } };
}

function objectIn(
  { effect }: RecordedCall,
  kind: string,
  id: string | null,
  places: ReadonlyMap<string, Ancestry>,
): JudgedObject | null {
  // A list that was answered was filtered object by object.
  if (id === null) return kind === 'workspace' ? { state: 'workspace', filtered: effect === 'allow' } : null;
  if (!inNotion.has(kind)) return null;
  const ancestry = places.get(objectKey({ kind: kind as NotionObjectKind, id }));
  return ancestry?.state === 'known' ? ancestry : null;
}
