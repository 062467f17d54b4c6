import type { PastCall } from '../../domain/past-call.ts';
import type { Judgement, PolicySnapshot } from '../../domain/policy-snapshot.ts';

/** A call that comes out differently, and what decides it now. */
export interface Flipped<Call extends PastCall> {
  readonly call: Call;
  readonly now: Judgement;
  /** Which of its demands decides that. */
  readonly by: number;
}

/**
 * Judges calls of the past again, under a draft or under today's policy: those that come out differently, in their order.
 * Yields after each call, null for one that stays, so that many can be gone through in slices.
 */
export function* replay<Call extends PastCall>(
  calls: Iterable<Call>,
  snapshot: PolicySnapshot,
): Generator<Flipped<Call> | null> {
  for (const call of calls) yield flipped(call, snapshot);
}

function flipped<Call extends PastCall>(call: Call, snapshot: PolicySnapshot): Flipped<Call> | null {
  const { asker, demands, effect } = call;
  const denied = demands.findIndex(({ action, object }) => !snapshot.may(asker, action, object));
  if ((denied === -1) === (effect === 'allow')) return null;
  const by = denied === -1 ? demands.length - 1 : denied;
  const deciding = demands[by];
  return deciding === undefined ? null : { call, now: snapshot.judge(asker, deciding.action, deciding.object), by };
}
