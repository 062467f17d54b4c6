import type { Json } from '../read-answer.ts';

/** Fields that nobody knows are not shown: what Notion adds to an object may name others (rule 12). */
export function keepKeys(object: Json, ...known: readonly (readonly string[])[]): void {
  for (const key of Object.keys(object)) if (!known.some(keys => keys.includes(key))) delete object[key];
}
