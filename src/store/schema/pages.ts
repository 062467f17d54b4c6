import type { ColumnType } from 'kysely';
import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';

export interface PageTables {
  page_index: {
    workspace_id: WorkspaceId;
    notion_id: string;
    kind: string;
    parent_kind: string | null;
    parent_id: string | null;
    title: string | null;
    in_trash: boolean | null;
    has_children: boolean | null;
    properties: ColumnType<Readonly<Record<string, unknown>> | null, string | null, string | null>;
    properties_at: Date | null;
    learned_at: Date | null;
    doubted_at: Date | null;
    missing_at: Date | null;
    missing_to: ConnectionId | null;
  };
}
