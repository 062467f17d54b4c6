import { type Ancestry, objectKey } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { Demand, NotionObjectKind, ObjectRef } from '../domain/operation.ts';
import type { LearnedObject, NotionRef } from '../domain/page-index.ts';
import type { Whereabouts } from './whereabouts.ts';

/**
 * Whether an answer shows that an object does not stand where the decision assumed (rule 18). An object that the call
 * itself has moved does not count. The index has learned the answer before.
 */
export async function hasMoved(
  { call, facts }: DecidedCall,
  learned: readonly LearnedObject[],
  whereabouts: Whereabouts,
): Promise<boolean> {
  if (facts.objects.size === 0) return false;
  const shown = new Set(learned.map(({ id }) => id));
  const objects = call.operation.demands.filter(demand => !moves(demand)).flatMap(({ object }) => named(object, shown));
  const moved = new Set(
    call.operation.demands
      .filter(moves)
      .flatMap(({ object }) => named(object, shown))
      .map(({ id }) => id),
  );
  const staying = objects.filter(({ id }) => !moved.has(id));
  if (staying.length === 0) return false;
  const at = await whereabouts.of(staying);
  return staying.some(object => !isSame(facts.objects.get(objectKey(object)), at(object)));
}

function moves({ movesUnder, alsoParent }: Demand): boolean {
  return movesUnder !== undefined || alsoParent === true;
}

function named(object: ObjectRef, shown: ReadonlySet<string>): NotionRef[] {
  if (
    !('id' in object) ||
    object.kind === 'key' ||
    object.kind === 'agent' ||
    object.kind === 'principal' ||
    !shown.has(object.id)
  )
    return [];
  return [{ kind: object.kind satisfies NotionObjectKind, id: object.id }];
}

function isSame(decided: Ancestry | undefined, now: Ancestry): boolean {
  if (decided?.state !== 'known' || now.state !== 'known') return decided === undefined;
  return decided.path.length === now.path.length && decided.path.every(({ id }, index) => now.path[index]?.id === id);
}
