import type { RecordedEvent } from '../domain/event.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { SinkBySettings } from '../domain/sink.ts';
import { hourMs, type Now } from '../domain/units.ts';
import type { AskNotionForSink } from './kinds/notion/data-source.ts';
import { SinkTroubleError } from './sink.ts';

/** The setting that names a database, in one workspace or another. */
const auditDatabaseSetting = 'NOTION_AUDIT_DB_ID';

/** Sinks that the settings of the deployment ask for, as they are stored. */
export interface SettingsSinks {
  /**
   * Sees to it that every log has the sinks that are asked for in every log, and that nothing is left of others. A log that
   * is there already begins where it is; one that comes later, at its beginning.
   */
  keep(
    asked: { readonly everywhere: readonly SinkBySettings[]; readonly elsewhere: readonly SinkBySettings[] },
    at: Date,
  ): Promise<void>;
  /** Whether any log has the sink of that name. */
  has(name: string): Promise<boolean>;
  /** Workspaces with a connection, oldest first. */
  connected(): Promise<readonly WorkspaceId[]>;
  /** Adds a sink to one log, with its entry. */
  addTo(owner: WorkspaceId, asked: SinkBySettings, at: Date, entry: RecordedEvent): Promise<void>;
}

/** Workspaces that are asked whether they have the database, in one look. */
const askedMax = 20;

/**
 * Keeps the sinks that the settings ask for. The audit database is given to the one workspace that it is in: the first whose
 * own connection sees it. No other workspace's entries are written there.
 */
export function createSettingsSinks(parts: {
  readonly store: SettingsSinks;
  readonly everywhere: readonly SinkBySettings[];
  readonly auditDatabaseId: string | null;
  readonly ask: AskNotionForSink;
  readonly now: Now;
}) {
  const { store, everywhere, auditDatabaseId, ask, now } = parts;
  const askedAt = new Map<WorkspaceId, number>();
  const database: SinkBySettings | null =
    auditDatabaseId === null
      ? null
      : { name: auditDatabaseSetting, kind: 'notion', settings: { databaseId: auditDatabaseId, reads: false } };

  async function sees(workspaceId: WorkspaceId): Promise<boolean> {
    try {
      return (await ask(workspaceId, 'GET', `/v1/databases/${auditDatabaseId}`)).status === 200;
    } catch (error) {
      if (error instanceof SinkTroubleError) return false;
      throw error;
    }
  }

  async function place(asked: SinkBySettings): Promise<void> {
    if (await store.has(asked.name)) return;
    const long = now().getTime() - hourMs;
    const open = (await store.connected()).filter(id => (askedAt.get(id) ?? Number.NEGATIVE_INFINITY) <= long);
    for (const workspaceId of open.slice(0, askedMax)) {
      askedAt.set(workspaceId, now().getTime());
      if (!(await sees(workspaceId))) continue;
      const detail = { setting: asked.name, kind: asked.kind, from: 'now' };
      const event = { name: 'sink.created', workspaceId, principalId: null, result: 'success', detail } as const;
      await store.addTo(workspaceId, asked, now(), event);
      return;
    }
  }

  return async function keep(): Promise<void> {
    await store.keep({ everywhere, elsewhere: database === null ? [] : [database] }, now());
    if (database !== null) await place(database);
  };
}
