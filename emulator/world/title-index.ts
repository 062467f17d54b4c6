/**
 * Substring search over titles by trigrams: candidates are the shortest posting list of the query's trigrams, and
 * each candidate's title is read again, so that removed and renamed nodes need no eager clean-up.
 */
export class TitleIndex {
  #postings = new Map<string, Set<string>>();

  add(id: string, title: string): void {
    for (const gram of trigrams(title)) {
      const list = this.#postings.get(gram);
      if (list === undefined) this.#postings.set(gram, new Set([id]));
      else list.add(id);
    }
  }

  remove(id: string, title: string): void {
    for (const gram of trigrams(title)) {
      const list = this.#postings.get(gram);
      list?.delete(id);
      if (list?.size === 0) this.#postings.delete(gram);
    }
  }

  /** Ids whose title may contain `query`; `null` if the query is too short to say. */
  candidates(query: string): ReadonlySet<string> | null {
    let shortest: ReadonlySet<string> | null = null;
    for (const gram of trigrams(query)) {
      const list = this.#postings.get(gram) ?? NONE;
      if (shortest === null || list.size < shortest.size) shortest = list;
    }
    return shortest;
  }
}

const NONE: ReadonlySet<string> = new Set();

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
