import { objectKey } from '../domain/ancestry.ts';
import { dependsOnPlace } from '../domain/grant.ts';
import type { Demand, ObjectRef, Operation } from '../domain/operation.ts';
import type { FindOptions, NotionRef } from '../domain/page-index.ts';
import type { Asker, PolicySnapshot } from '../domain/policy-snapshot.ts';
import { secondMs } from '../domain/units.ts';

/** The highest age of what is known about an object that is moved or deleted (rule 18). */
const freshMs = 5 * secondMs;

interface Question {
  readonly objects: readonly NotionRef[];
  readonly options: Pick<FindOptions, 'maxAgeMs' | 'leaf'>;
}

/** The questions about an object's place, from the least to the most demanding. */
const questions: readonly Question['options'][] = [{}, { maxAgeMs: freshMs }, { maxAgeMs: freshMs, leaf: true }];

/** The objects of a call whose place the decision needs, by the question that each needs. */
export function placesAsked({ demands }: Operation, policy: PolicySnapshot, asker: Asker): Question[] {
  const asked = new Map<string, { readonly object: NotionRef; readonly question: number }>();
  const dependent = policy.dependsOnPages(asker);
  for (const demand of demands) {
    // A move may give others more, no matter who makes it (rule 9).
    const moves = demand.movesUnder !== undefined && policy.source.grants.some(dependsOnPlace);
    if (!dependent && !moves) continue;
    for (const object of [demand.object, demand.movesUnder]) {
      if (object === undefined || !standsSomewhere(object, demand)) continue;
      const question = Math.max(questionOf(demand), asked.get(objectKey(object))?.question ?? 0);
      asked.set(objectKey(object), { object, question });
    }
  }
  const all = [...asked.values()];
  return questions.flatMap((options, index) => {
    const objects = all.filter(({ question }) => question === index).map(({ object }) => object);
    return objects.length === 0 ? [] : [{ objects, options }];
  });
}

function questionOf({ fresh, leafAction }: Demand): number {
  if (leafAction !== undefined) return 2;
  return fresh === true ? 1 : 0;
}

/**
 * Objects that the caller made here belong to no page, and people have no place. A comment is on a page, even if the
 * caller wrote it.
 */
function standsSomewhere(object: ObjectRef, { owned }: Demand): object is NotionRef {
  if (!('id' in object) || object.kind === 'key' || object.kind === 'agent') return false;
  if (object.kind === 'principal' || object.kind === 'user') return false;
  return owned !== true || object.kind === 'comment';
}
