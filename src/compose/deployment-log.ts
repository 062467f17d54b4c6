import { z } from 'zod';
import { createSettledReader } from '../audit/settled-reader.ts';
import { compilePolicy } from '../authorize/compile-policy.ts';
import type { DatabaseConfig } from '../config/config.ts';
import { PortcullisError } from '../domain/errors.ts';
import { auditFilters } from '../doors/api/audit-query.ts';
import { type AuditView, auditView, namesIn } from '../doors/api/audit-view.ts';
import { describe } from '../doors/api/read-input.ts';
import { openOperatorDatabase } from '../operator/operator-database.ts';
import { createStores } from '../store/stores.ts';

const { page: _noPages, subtree: _noSubtrees, activity: _noActivity, ...filters } = auditFilters;
const query = z.strictObject(filters);

export interface DeploymentLog {
  /** The newest first. */
  readonly entries: readonly AuditView[];
  readonly names: ReadonlyMap<string, string>;
}

/** Entries that one reading of the database asks for. */
const chunkSize = 500;

/**
 * Reads the deployment's own log from its database: sign-ins, refused keys, unknown callers. The reading itself is
 * logged, with the operator. Throws `validation_error` for an impossible criterion, and the errors of the store.
 */
export async function readDeploymentLog(
  config: DatabaseConfig,
  given: { readonly filters: Readonly<Record<string, string | undefined>>; readonly limit: number },
  warn: (message: string) => void,
): Promise<DeploymentLog> {
  const parsed = query.safeParse(given.filters);
  if (!parsed.success) throw new PortcullisError('validation_error', describe(parsed.error));
  const { database, recordEvent, operator, close } = await openOperatorDatabase(config, warn);
  try {
    await recordEvent({
      name: 'deployment_audit.read',
      workspaceId: null,
      principalId: null,
      result: 'success',
      detail: { by: operator },
    });
    // A gateway that gives places may not be running: so entries that wait for a place are read at once.
    const reader = createSettledReader(
      createStores(database, { compile: compilePolicy }).auditReader,
      async () => false,
    );
    const entries: AuditView[] = [];
    const names = new Map<string, string>();
    let before: number | null = null;
    do {
      const limit = Math.min(chunkSize, given.limit - entries.length);
      const { records, next } = await reader.read(null, parsed.data, { before, limit });
      entries.push(...records.map(auditView));
      for (const [id, name] of await namesIn(reader, null, records)) names.set(id, name);
      before = next;
    } while (before !== null && entries.length < given.limit);
    return { entries: entries.slice(0, given.limit), names };
  } finally {
    await close();
  }
}
