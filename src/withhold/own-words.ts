/** What a code of Notion's means, without a word about the object (https://developers.notion.com/reference/status-codes). */
const words: Readonly<Record<string, string>> = {
  validation_error: 'Notion does not accept this request.',
  invalid_json: 'Notion could not read the body as JSON.',
  invalid_request: 'Notion does not support this request.',
  invalid_request_url: 'Notion does not know this address.',
  missing_version: 'Notion does not know this Notion-Version.',
  restricted_resource: 'The connection may not do this in Notion.',
  object_not_found: 'Notion cannot find an object that this request names, or it is not shared with the connection.',
  conflict_error: 'Notion could not save the change, because something else changed at the same time. Try again.',
  rate_limited: 'Notion has too many requests to answer. Wait, then try again.',
};

const whoHearsMore = 'Callers who may read the object learn more.';
const inTrouble = 'Notion could not answer the request.';
const maybeDone = 'The change may have been made. Do not repeat it before someone has read the object.';

/**
 * Explains a refusal of Notion's to a caller who may not see Notion's own text.
 *
 * @param code of Notion's error
 */
export function ownWords(code: string, effect: 'read' | 'write'): string {
  const known = Object.hasOwn(words, code) ? words[code] : undefined;
  if (known !== undefined) return `${known} ${whoHearsMore}`;
  return effect === 'write' ? `${inTrouble} ${maybeDone}` : inTrouble;
}
