import { z } from 'zod';
import type { SinkId, WorkspaceId } from '../../../domain/ids.ts';
import { dayMs, minuteMs } from '../../../domain/units.ts';
import { type ReadRecord, readRecord, type SinkRecord } from '../../record.ts';
import { type Attempt, type Receiver, type SinkDelivery, type SinkPlace, SinkTroubleError } from '../../sink.ts';
import { checkpointRow, type NewestCheckpoint, type Row, rowOf } from './columns.ts';
import { type AskNotionForSink, type AuditDataSource, findDataSource, troubleOf } from './data-source.ts';
import { notionSettings } from './notion-settings.ts';
import { findPage, isThatRow, newPage } from './pages.ts';

/** Notion's own timeout is a minute, and a call may wait for its turn before that. */
const attemptMsMax = 100_000;
/** How long the known schema of a database counts, unless a row is refused. */
const schemaMs = 10 * minuteMs;

/** Actions that change nothing. */
const looking: ReadonlySet<string> = new Set(['read', 'comment.read', 'file.read', 'people.read']);

/** The known schemas of databases, for all sinks of this process. */
export interface SeenDataSources {
  get(sink: SinkPlace, look: () => Promise<AuditDataSource>): Promise<AuditDataSource>;
  forget(sink: SinkPlace): void;
}

/**
 * Writes a row of a Notion database for each entry that ends something. Its own calls take the path as the system, and
 * cause entries too: it writes no rows about these. A row that may be there already is looked for before it is written.
 */
export function openNotionSink(
  ask: AskNotionForSink,
  seen: SeenDataSources,
  anchor: NotionAnchor,
  sink: SinkPlace,
): Receiver {
  const { owner: workspaceId } = sink;
  if (workspaceId === null) {
    throw new SinkTroubleError({ problem: 'no_workspace', waitSeconds: 0, needsPerson: true });
  }
  const { databaseId, reads } = notionSettings.parse(sink.settings);
  const dataSource = () => seen.get(sink, () => findDataSource(ask, workspaceId, databaseId));

  async function isThere(row: Row, { id, columns }: AuditDataSource): Promise<boolean> {
    const question = findPage(row, columns);
    const { status, body } = await ask(
      workspaceId as `wsp_${string}`,
      'POST',
      `/v1/data_sources/${id}/query`,
      question,
    );
    if (status !== 200) throw troubleOf(status);
    const { results } = z.object({ results: z.array(z.unknown()) }).parse(body);
    return columns.has('Decision') ? results.length > 0 : results.some(page => isThatRow(page, row));
  }

  /** Once a day: a row more, which costs nothing if it does not arrive, and holds the log to what it was. */
  async function writeCheckpoint({ id, columns }: AuditDataSource): Promise<void> {
    if (!columns.has('Reason') || !anchor.isDue(sink)) return;
    const newest = await anchor.newest(workspaceId as `wsp_${string}`);
    if (newest === null) return;
    const page = newPage(id, checkpointRow(newest), columns);
    await ask(workspaceId as `wsp_${string}`, 'POST', '/v1/pages', page).catch(() => {});
  }

  /** Null: it is there. Else what the row was refused with. */
  async function write(record: SinkRecord, { isDoubtful }: Attempt): Promise<string | null> {
    const row = rowOf(readRecord(record));
    const at = await dataSource();
    if (isDoubtful && (await isThere(row, at))) return null;
    const { status } = await ask(workspaceId as `wsp_${string}`, 'POST', '/v1/pages', newPage(at.id, row, at.columns));
    if (status === 200) {
      await writeCheckpoint(at);
      return null;
    }
    if (status !== 400 && status !== 404) throw troubleOf(status);
    // It may be the database that has changed, and not the row that is wrong.
    seen.forget(sink);
    await dataSource();
    return `status_${status}`;
  }

  return {
    batchMax: 1,
    attemptMsMax,
    looksBeforeRepeating: true,
    wants: record => tellsAnEnd(record) && isForPeople(readRecord(record), reads),
    async deliver(records, attempt): Promise<SinkDelivery> {
      const [record] = records;
      if (record === undefined) return { taken: 0, end: null };
      try {
        const problem = await write(record, attempt);
        return problem === null ? { taken: 1, end: null } : { taken: 0, end: { kind: 'refused', problem } };
      } catch (error) {
        if (!(error instanceof SinkTroubleError)) throw error;
        if (error.trouble.needsPerson) seen.forget(sink);
        return { taken: 0, end: { kind: 'trouble', trouble: error.trouble } };
      }
    },
    close: async () => {},
  };
}

/** An intent has no row of its own: its outcome has one. */
function tellsAnEnd({ kind }: SinkRecord): boolean {
  return kind !== 'intent';
}

/**
 * Calls of the system's own are left out, among them those that write these rows: a sink that told of them would never end.
 */
function isForPeople({ entry, kind }: ReadRecord, reads: boolean): boolean {
  if (entry.principal?.kind === 'system') return false;
  if (reads || kind === 'entry') return true;
  // For an administrative call, an event beside the call says what changed.
  return entry.activity === 'notion' && entry.objects?.every(({ action }) => looking.has(action)) !== true;
}

/** What holds a log to its past, in the database that its rows go to. */
export interface NotionAnchor {
  /** True once a day for each sink. */
  isDue(sink: SinkPlace): boolean;
  newest(workspaceId: WorkspaceId): Promise<NewestCheckpoint | null>;
}

export function dailyAnchor(now: () => Date, newest: NotionAnchor['newest']): NotionAnchor {
  const last = new Map<SinkId, number>();
  return {
    isDue({ id }) {
      const at = now().getTime();
      if (at - (last.get(id) ?? Number.NEGATIVE_INFINITY) < dayMs) return false;
      last.set(id, at);
      return true;
    },
    newest,
  };
}

/** Remembers the schemas for a while. */
export function rememberDataSources(now: () => Date): SeenDataSources {
  const seen = new Map<string, { readonly found: AuditDataSource; readonly until: number }>();
  const nameOf = ({ id, settings }: SinkPlace) => `${id} ${JSON.stringify(settings)}`;
  return {
    async get(sink, look) {
      const known = seen.get(nameOf(sink));
      if (known !== undefined && known.until > now().getTime()) return known.found;
      const found = await look();
      seen.set(nameOf(sink), { found, until: now().getTime() + schemaMs });
      return found;
    },
    forget: sink => void seen.delete(nameOf(sink)),
  };
}
