import type { Judgement } from '../../domain/policy-snapshot.ts';
import type { SubjectNames } from '../../policy/names.ts';
import type { PlacedCall } from '../../policy/past-calls.ts';

/** A call of the log, as answers show it. */
export function pastCallView({ recorded }: PlacedCall, names: SubjectNames) {
  const { id, decision, time, operation, principal, objects } = recorded;
  return {
    ...{ entry: id, decision, time: time.toISOString(), operation },
    principal: { id: principal, name: names.nameOf(principal) },
    objects: objects.map(({ kind, id: object, action }) => ({ kind, id: object, action })),
  };
}

/** A call that another policy would decide differently. */
export function flipView(call: PlacedCall, now: Judgement, names: SubjectNames) {
  return { ...pastCallView(call, names), was: call.effect, becomes: now.effect, because: now.because };
}
