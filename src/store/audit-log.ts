import type { Pool } from 'pg';
import type { AuditLog, AuditRow } from '../audit/audit-log.ts';
import type { EventId, InstanceId } from '../domain/ids.ts';

/*
 * Both statements are prepared once and take their rows as columns. So any number of rows takes one round trip and one
 * commit. A column is sent as one string, which costs a third of an array. Nothing in it needs quotes: JSON escapes
 * control characters, and ids and names have none. If one ever had, the columns would differ in length, `id` or `entry`
 * would be NULL, and the whole insert would fail.
 */
const separator = '\x1e';
const absent = '\x15';

function column(parameter: number): string {
  return `string_to_array($${parameter}, E'\\x1e', E'\\x15')`;
}

const incoming = `
  SELECT * FROM unnest(${column(2)}, ${column(3)}, ${column(4)}, ${column(5)}, ${column(6)}::timestamptz[],
                       ${column(7)}, ${column(8)}, ${column(9)}, ${column(10)},
                       ${column(11)}::bigint[], ${column(12)}::bigint[])
    AS r(id, workspace_id, kind, intent_id, at, principal_id, operation, result, entry, if_revision, if_epoch)`;

const insertInto = `
  INSERT INTO audit_entry
    (id, workspace_id, kind, intent_id, instance_id, at, principal_id, operation, result, entry)`;

/** From this commit on, the new entries wait for their place in a log. */
const returnWaiting = `
  RETURNING id),
  waiting AS (INSERT INTO audit_waiting (id, entries)
              SELECT min(id), array_agg(id ORDER BY id) FROM kept HAVING count(*) > 0)
  SELECT id FROM kept`;

const columns = `
  r.id, r.workspace_id, r.kind, r.intent_id, $1, r.at, r.principal_id, r.operation, r.result, r.entry`;

/** Rule 10: the statement that makes a decision durable also checks that its facts still hold. */
const appendText = `
  WITH r AS MATERIALIZED (${incoming}), kept AS (
  ${insertInto}
  SELECT ${columns} FROM r
   WHERE (r.if_revision IS NULL
          OR EXISTS (SELECT FROM workspace w WHERE w.id = r.workspace_id AND w.policy_revision = r.if_revision))
     AND (r.if_epoch IS NULL
          OR EXISTS (SELECT FROM principal p WHERE p.id = r.principal_id AND p.epoch = r.if_epoch))
     AND (r.kind <> 'intent'
          OR EXISTS (SELECT FROM instance i WHERE i.id = $1 AND i.lease_until > now()))
  ON CONFLICT DO NOTHING
  ${returnWaiting}`;

const settleText = `
  WITH r AS MATERIALIZED (${incoming}), kept AS (
  ${insertInto}
  SELECT ${columns} FROM r WHERE EXISTS (SELECT FROM audit_entry e WHERE e.id = r.intent_id)
  ON CONFLICT DO NOTHING
  ${returnWaiting}`;

/** The log in PostgreSQL, on a pool of the role `portcullis_system` that is used for nothing else. */
export function createAuditLog(pool: Pool): AuditLog {
  return {
    async append(instance, rows) {
      const { rows: appended } = await pool.query<{ id: EventId }>({
        name: 'audit_append',
        text: appendText,
        values: valuesOf(instance, rows),
      });
      return new Set(appended.map(row => row.id));
    },
    async settle(instance, outcomes) {
      await pool.query({ name: 'audit_settle', text: settleText, values: valuesOf(instance, outcomes) });
    },
  };
}

function valuesOf(instance: InstanceId, rows: readonly AuditRow[]): string[] {
  return [
    instance,
    join(rows, row => row.id),
    join(rows, row => row.workspaceId),
    join(rows, row => row.kind),
    join(rows, row => row.intentId),
    join(rows, row => row.at.toISOString()),
    join(rows, row => row.principalId),
    join(rows, row => row.operation),
    join(rows, row => row.result),
    join(rows, row => row.entry),
    join(rows, row => row.ifPolicyRevision),
    join(rows, row => row.ifEpoch),
  ];
}

function join(rows: readonly AuditRow[], read: (row: AuditRow) => string | number | null): string {
  return rows.map(row => read(row) ?? absent).join(separator);
}
