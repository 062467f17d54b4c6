import { answerOf, type Remote, type Shapes } from './remote.ts';

/** Objects that one request asks about; the gateway takes no more. */
const batchSize = 20;
/** Each title is a call to Notion. */
const askedMax = 100;

const titled = new Set(['page', 'database', 'data_source']);

/**
 * Looks up the titles of the objects in entries, as far as the holder of the key may read them. It never asks about an
 * object twice.
 */
export function createTitles(remote: Remote): {
  learn(entries: readonly Shapes['AuditEntry'][]): Promise<void>;
  of(id: string): string | undefined;
} {
  const asked = new Set<string>();
  const known = new Map<string, string>();
  return {
    async learn(entries) {
      const objects = entries.flatMap(entry => entry.objects ?? []).filter(({ kind, id }) => titled.has(kind) && id);
      const fresh = [...new Set(objects.map(({ kind, id }) => `${kind}:${id}`))].filter(one => !asked.has(one));
      const wanted = fresh.slice(0, askedMax - asked.size);
      for (const one of wanted) asked.add(one);
      for (let at = 0; at < wanted.length; at += batchSize) {
        const query = { objects: wanted.slice(at, at + batchSize).join(',') };
        const { titles } = await answerOf(remote.GET('/api/titles', { params: { query } }));
        for (const [id, title] of Object.entries(titles)) known.set(id, `"${title}"`);
      }
    },
    of: id => known.get(id),
  };
}
