/**
 * Substring search over titles by trigrams: candidates are the nodes that the rarest trigrams of the query have in
 * common. The caller reads each candidate's title again, so a long list may keep entries of nodes that were renamed or
 * removed since.
 */
export class TitleIndex {
  /** Numbers of entries, ascending because they are given out in that order, so that lists can be intersected. */
  #postings = new Map<string, number[]>();
  /** The node of each entry. */
  #ids: string[] = [];

  add(id: string, title: string): void {
    const entry = this.#ids.push(id) - 1;
    for (const gram of trigrams(title)) {
      const list = this.#postings.get(gram);
      if (list === undefined) this.#postings.set(gram, [entry]);
      else list.push(entry);
    }
  }

  remove(id: string, title: string): void {
    for (const gram of trigrams(title)) {
      const list = this.#postings.get(gram);
      if (list === undefined || list.length > TIDIED_MAX) continue;
      const index = list.findIndex(entry => this.#ids[entry] === id);
      if (index >= 0) list.splice(index, 1);
    }
  }

  /** Ids whose title may contain `query`, some perhaps twice; `null` if the query is too short to say. */
  candidates(query: string): readonly string[] | null {
    const lists = [...trigrams(query)].map(gram => this.#postings.get(gram) ?? []);
    const [rarest, ...others] = lists.sort((a, b) => a.length - b.length).slice(0, INTERSECTED);
    if (rarest === undefined) return null;
    const common = rarest.length <= TIDIED_MAX ? rarest : rarest.filter(entry => others.every(has(entry)));
    return common.map(entry => this.#ids[entry] ?? '');
  }
}

/** Further lists seldom take more entries away than looking into them costs. */
const INTERSECTED = 4;

/** Whether an ascending list has the entry. */
function has(entry: number): (list: readonly number[]) => boolean {
  return list => {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((list[middle] ?? 0) < entry) low = middle + 1;
      else high = middle;
    }
    return list[low] === entry;
  };
}

/** Removing from a longer list would cost more than reading its stale entries does. */
const TIDIED_MAX = 256;

/** Text without accents, which is most of it, needs no normalising. */
const PLAIN = /^[ -~]*$/;

/** How titles and queries are compared: case and accents make no difference. */
export function foldTitle(title: string): string {
  if (PLAIN.test(title)) return title.toLowerCase();
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
