import type { Action } from '../../domain/action.ts';
import type { Asker, JudgedObject, Judgement, PolicySnapshot } from '../../domain/policy-snapshot.ts';

/** A call of the past, with what was known of its object then, or what is known now. Its moment is in the asker's context. */
export interface PastCall {
  readonly asker: Asker;
  readonly action: Action;
  readonly object: JudgedObject;
  readonly effect: 'allow' | 'deny';
}

export interface Flipped<Call extends PastCall> {
  readonly call: Call;
  readonly now: Judgement;
}

export interface Replay<Call extends PastCall> {
  readonly calls: number;
  /** Would be denied. */
  readonly lost: readonly Flipped<Call>[];
  /** Would be allowed. */
  readonly gained: readonly Flipped<Call>[];
}

/** Judges calls of the past again, under a draft or under today's policy. */
export function replay<Call extends PastCall>(calls: Iterable<Call>, snapshot: PolicySnapshot): Replay<Call> {
  const lost: Flipped<Call>[] = [];
  const gained: Flipped<Call>[] = [];
  let count = 0;
  for (const call of calls) {
    count++;
    const { asker, action, object, effect } = call;
    if (snapshot.may(asker, action, object) === (effect === 'allow')) continue;
    const flipped = { call, now: snapshot.judge(asker, action, object) };
    (effect === 'allow' ? lost : gained).push(flipped);
  }
  return { calls: count, lost, gained };
}
