import { isObject, type Json } from './read-answer.ts';

/** Keys that a list keeps when its results are reduced. */
const ofLists: ReadonlySet<string> = new Set(['object', 'has_more', 'next_cursor', 'type', 'request_id']);
const ofObjects: ReadonlySet<string> = new Set(['object', 'id', 'request_id']);

/**
 * The result for a caller who may write but not read (rule 13): Notion's partial object, `{object, id}`, as Notion
 * itself answers to connections without the capability to read.
 */
export function reduceToPartial(answer: Json): { readonly answer: Json; readonly withheld: number } {
  if (answer.object !== 'list' || !Array.isArray(answer.results))
    return { answer: keep(answer, ofObjects), withheld: 1 };
  const results = answer.results.map(result => (isObject(result) ? keep(result, ofObjects) : null));
  return { answer: { ...keep(answer, ofLists), results }, withheld: results.length };
}

function keep(object: Json, keys: ReadonlySet<string>): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.has(key)));
}
