import type { Pool } from 'pg';
import type { AuditLog, AuditRow } from '../audit/audit-log.ts';
import type { EventId, InstanceId } from '../domain/ids.ts';

/*
 * Both statements are prepared once and take their rows as arrays, one for each column: one round trip and one commit,
 * whatever the number of rows.
 */
const incoming = `
  SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
                       $9::text[], $10::text[], $11::bigint[], $12::bigint[])
    AS r(id, workspace_id, kind, intent_id, at, principal_id, operation, result, entry, if_revision, if_epoch)`;

const insertInto = `
  INSERT INTO audit_entry
    (id, workspace_id, kind, intent_id, instance_id, at, principal_id, operation, result, entry)`;

const columns = `
  r.id, r.workspace_id, r.kind, r.intent_id, $1, r.at, r.principal_id, r.operation, r.result, r.entry`;

/** Rule 10: what was decided on must still hold in the very statement that makes the decision durable. */
const appendText = `
  WITH r AS MATERIALIZED (${incoming})
  ${insertInto}
  SELECT ${columns} FROM r
   WHERE (r.if_revision IS NULL
          OR EXISTS (SELECT FROM workspace w WHERE w.id = r.workspace_id AND w.policy_revision = r.if_revision))
     AND (r.if_epoch IS NULL
          OR EXISTS (SELECT FROM principal p WHERE p.id = r.principal_id AND p.epoch = r.if_epoch))
     AND (r.kind <> 'intent'
          OR EXISTS (SELECT FROM instance i WHERE i.id = $1 AND i.lease_until > now()))
  ON CONFLICT DO NOTHING
  RETURNING id`;

const settleText = `
  WITH r AS MATERIALIZED (${incoming})
  ${insertInto}
  SELECT ${columns} FROM r WHERE EXISTS (SELECT FROM audit_entry e WHERE e.id = r.intent_id)
  ON CONFLICT DO NOTHING`;

/** The log in PostgreSQL, on a pool of the role `portcullis_system` that nothing else uses. */
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

function valuesOf(instance: InstanceId, rows: readonly AuditRow[]): unknown[] {
  return [
    instance,
    rows.map(row => row.id),
    rows.map(row => row.workspaceId),
    rows.map(row => row.kind),
    rows.map(row => row.intentId),
    rows.map(row => row.at),
    rows.map(row => row.principalId),
    rows.map(row => row.operation),
    rows.map(row => row.result),
    rows.map(row => row.entry),
    rows.map(row => row.ifPolicyRevision),
    rows.map(row => row.ifEpoch),
  ];
}
