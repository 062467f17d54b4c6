import { z } from 'zod';
import type { WorkspaceId } from '../../../domain/ids.ts';
import { SinkTroubleError } from '../../sink.ts';
import { needsPerson } from '../../trouble.ts';
import { requiredColumns } from './columns.ts';

/** A whole answer of Notion's. `body` is null where it is no JSON. */
export interface NotionAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Asks Notion as the system, through the connection that serves the workspace's members. Throws `SinkTroubleError` where there
 * is no whole answer, or no connection.
 */
export type AskNotionForSink = (
  workspaceId: WorkspaceId,
  method: 'GET' | 'POST',
  path: `/v1/${string}`,
  body?: object,
) => Promise<NotionAnswer>;

/** Where rows go, as Notion showed it. */
export interface AuditDataSource {
  readonly id: string;
  /** The names of all columns. */
  readonly columns: ReadonlySet<string>;
}

const database = z.object({
  in_trash: z.boolean().optional(),
  data_sources: z.array(z.object({ id: z.string() })),
});
const dataSource = z.object({
  in_trash: z.boolean().optional(),
  properties: z.record(z.string(), z.object({ type: z.string() })),
});

/** Looks at the database. Throws `SinkTroubleError` if it is not one that rows can be written to, and says why. */
export async function findDataSource(
  ask: AskNotionForSink,
  workspaceId: WorkspaceId,
  databaseId: string,
): Promise<AuditDataSource> {
  const shown = database.parse(await read(ask, workspaceId, `/v1/databases/${databaseId}`));
  if (shown.in_trash === true) throw needsPerson('database_trashed');
  const [first, ...more] = shown.data_sources;
  if (first === undefined) throw needsPerson('schema_changed');
  if (more.length > 0) throw needsPerson('several_data_sources');
  const { in_trash: trashed, properties } = dataSource.parse(
    await read(ask, workspaceId, `/v1/data_sources/${first.id}`),
  );
  if (trashed === true) throw needsPerson('database_trashed');
  const wrong = Object.entries(requiredColumns).filter(([name, type]) => properties[name]?.type !== type);
  if (wrong.length > 0) throw needsPerson('schema_changed');
  const isText = (name: string) => properties[name]?.type === 'rich_text';
  const columns = Object.keys(properties).filter(name => name in requiredColumns || isText(name));
  return { id: first.id, columns: new Set(columns) };
}

async function read(ask: AskNotionForSink, workspaceId: WorkspaceId, path: `/v1/${string}`): Promise<unknown> {
  const { status, body } = await ask(workspaceId, 'GET', path);
  if (status === 200) return body;
  // Notion says the same for an object that is gone and for one that is not shared.
  if (status === 404) throw needsPerson('database_unshared');
  throw troubleOf(status);
}

/** The meaning of a status that is not about the row. */
export function troubleOf(status: number): SinkTroubleError {
  const lasting = status === 401 || status === 403;
  return new SinkTroubleError({ problem: `status_${status}`, waitSeconds: 0, needsPerson: lasting });
}
