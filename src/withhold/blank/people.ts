import { isObject, type Json } from '../read-answer.ts';
import type { Findings } from './findings.ts';

/** The people who made and last changed an object. */
export function blankAuthors(object: Json, findings: Findings): void {
  blankUser(object, 'created_by', findings);
  blankUser(object, 'last_edited_by', findings);
}

/** Leaves of a person what Notion tells connections that may not read people: the id. */
export function blankUser(holder: Json, key: string, findings: Findings): void {
  const user = holder[key];
  if (findings.people || !isObject(user) || Object.keys(user).every(name => name === 'object' || name === 'id')) return;
  findings.blank(() => {
    holder[key] = partialUser(user);
  });
}

/** A group keeps the shape of one, without its name. */
export function partialUser({ object, id }: Json): Json {
  return object === 'group' ? { object, id, name: null } : { object: 'user', id };
}
