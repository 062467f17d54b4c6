/**
 * Substring search over titles by trigrams: candidates are the shortest posting list of the query's trigrams. Whoever asks
 * reads each candidate's title again, so a long list may keep entries of nodes that were renamed or removed since.
 */
export class TitleIndex {
  #postings = new Map<string, string[]>();

  add(id: string, title: string): void {
    for (const gram of trigrams(title)) {
      const list = this.#postings.get(gram);
      if (list === undefined) this.#postings.set(gram, [id]);
      else list.push(id);
    }
  }

  remove(id: string, title: string): void {
    for (const gram of trigrams(title)) {
      const list = this.#postings.get(gram);
      if (list === undefined || list.length > TIDIED_MAX) continue;
      const index = list.indexOf(id);
      if (index >= 0) list.splice(index, 1);
    }
  }

  /** Ids whose title may contain `query`, some perhaps twice; `null` if the query is too short to say. */
  candidates(query: string): readonly string[] | null {
    let shortest: readonly string[] | null = null;
    for (const gram of trigrams(query)) {
      const list = this.#postings.get(gram) ?? [];
      if (shortest === null || list.length < shortest.length) shortest = list;
    }
    return shortest;
  }
}

/** Removing from a longer list would cost more than reading its stale entries does. */
const TIDIED_MAX = 256;

/** How titles and queries are compared: case and accents make no difference. */
export function foldTitle(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}

function trigrams(title: string): Set<string> {
  const text = foldTitle(title);
  const grams = new Set<string>();
  for (let index = 0; index + 3 <= text.length; index += 1) grams.add(text.slice(index, index + 3));
  return grams;
}
