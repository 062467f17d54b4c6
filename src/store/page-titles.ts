import { sql } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** The last known titles of pages and databases. Reads as `portcullis_system`, within one workspace. */
export function createPageTitles({ system }: Pick<Database<Schema>, 'system'>) {
  return async (workspaceId: WorkspaceId, ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    if (ids.length === 0) return new Map();
    const { rows } = await sql<{ id: string; title: string }>`
      SELECT notion_id AS id, title FROM page_index
       WHERE workspace_id = ${workspaceId} AND notion_id = ANY(${[...ids]}::uuid[]) AND title IS NOT NULL`.execute(
      system,
    );
    return new Map(rows.map(({ id, title }) => [id, title]));
  };
}
