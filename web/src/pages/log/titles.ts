import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type AuditEntry, answerOf, api } from '../../api.ts';

/** Objects that one request asks about. */
const batchSize = 20;
/** How long a title counts: then Notion is asked again. */
const keptMs = 600_000;
/**
 * Between two requests: each title is a call to Notion, and a person who watches a busy log must not use up its limits.
 */
const pauseMs = 5_000;

const titled = new Set(['page', 'database', 'data_source']);

export type TitleOf = (id: string) => string | null;

/**
 * The titles of the objects in entries, as far as the reader may read them: the server asks Notion in the reader's
 * name. Null: not known, or not allowed for this reader. They are kept in this browser's memory, until the reader signs
 * out.
 */
export function useTitles(workspaceId: string, entries: readonly AuditEntry[], enabled: boolean): TitleOf {
  const queries = useQueryClient();
  const [answers, setAnswers] = useState(0);
  const [asking, setAsking] = useState(false);
  const keyOf = (id: string) => ['title', workspaceId, id];
  const known = (id: string) => queries.getQueryData<{ title: string | null }>(keyOf(id));
  const batch = enabled ? objectsOf(entries).filter(({ id }) => known(id) === undefined) : [];
  const next = batch.slice(0, batchSize);
  const asked = next.map(({ kind, id }) => `${kind}:${id}`).join(',');

  useEffect(() => {
    if (asked === '' || asking) return;
    queries.setQueryDefaults(['title'], { gcTime: keptMs });
    setAsking(true);
    const query = { workspace: workspaceId, objects: asked };
    void answerOf(api.GET('/api/titles', { params: { query } }))
      .catch(() => ({ titles: {} as Readonly<Record<string, string>> }))
      .then(({ titles }) => {
        for (const pair of asked.split(',')) {
          const id = pair.slice(pair.indexOf(':') + 1);
          queries.setQueryData(['title', workspaceId, id], { title: titles[id] ?? null });
        }
        setAnswers(count => count + 1);
        setTimeout(() => setAsking(false), answers === 0 ? 0 : pauseMs);
      });
  }, [asked, asking, workspaceId, queries, answers]);

  return id => known(id)?.title ?? null;
}

function objectsOf(entries: readonly AuditEntry[]): { readonly kind: string; readonly id: string }[] {
  const found = new Map<string, string>();
  for (const { objects = [] } of entries) {
    for (const { kind, id } of objects) if (id !== null && titled.has(kind)) found.set(id, kind);
  }
  return [...found].map(([id, kind]) => ({ id, kind }));
}
