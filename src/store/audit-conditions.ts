import { type RawBuilder, sql } from 'kysely';
import { activities } from '../audit/activity.ts';
import type { AuditFilter } from '../audit/audit-reader.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { containing } from './like.ts';

type Condition = RawBuilder<unknown>;

/**
 * What an entry `e` and its outcome `o` must fulfil. Entries are canonical JSON: a member with a known value is a known
 * piece of text, which no text inside a value can imitate, for there quotes are escaped.
 */
export function conditionsOf(workspaceId: WorkspaceId | null, filter: AuditFilter): Condition[] {
  const { principal, credential, operation, effect, result, door, activity, object, text } = filter;
  return [
    principal !== undefined && sql`e.principal_id = ${principal}`,
    operation !== undefined && sql`e.operation = ${operation}`,
    effect !== undefined && sql`e.kind = ${effect === 'allow' ? 'intent' : 'denial'}`,
    result === 'open' && sql`e.kind = 'intent' AND o.id IS NULL`,
    result !== undefined && result !== 'open' && sql`o.result = ${result}`,
    credential !== undefined && holds({ credential }),
    door !== undefined && holds({ door }),
    object !== undefined && contains(sql`e.entry`, JSON.stringify(object)),
    activity !== undefined && anyOf(activity.map(isPartOf)),
    text !== undefined && anyOf([saysAnywhere(text), isOfSomebodyNamed(workspaceId, text)]),
  ].filter(condition => condition !== false);
}

/** The entry has this member. */
function holds(member: Readonly<Record<string, string>>): Condition {
  return contains(sql`e.entry`, JSON.stringify(member).slice(1, -1));
}

function contains(column: Condition, piece: string): Condition {
  return sql`position(${piece} IN ${column}) > 0`;
}

/** Canonical JSON has `activity` before everything else. Entries that have none are about Portcullis's own affairs. */
function isPartOf(activity: string): Condition {
  const begins = (name: string) => sql`starts_with(e.entry, ${`{"activity":"${name}",`})`;
  // How a download ended is an entry of its own.
  if (activity === 'notion') return anyOf([begins('notion'), sql`e.operation = 'stream.closed'`]);
  if (activity !== 'administration') return begins(activity);
  const others = activities.filter(name => name !== 'administration').map(isPartOf);
  return sql`NOT ${anyOf(others)}`;
}

/** In a value, not in the name of a member. The first comparison is cheap, and spares most entries the second. */
function saysAnywhere(text: string): Condition {
  const pattern = containing(JSON.stringify(text).slice(1, -1));
  const values = (column: Condition) => sql`regexp_replace(${column}, '"[A-Za-z]+":', '', 'g')`;
  const said = (column: Condition) => sql`(${column} ILIKE ${pattern} AND ${values(column)} ILIKE ${pattern})`;
  return anyOf([said(sql`e.entry`), said(sql`o.entry`)]);
}

function isOfSomebodyNamed(workspaceId: WorkspaceId | null, text: string): Condition {
  const pattern = containing(text);
  const people = sql`SELECT u.id FROM user_account u WHERE u.name ILIKE ${pattern}`;
  if (workspaceId === null) return sql`e.principal_id IN (${people})`;
  return sql`e.principal_id IN (
    SELECT m.principal_id
      FROM membership m
      LEFT JOIN user_account u ON u.id = m.principal_id
      LEFT JOIN agent a ON a.id = m.principal_id
     WHERE m.workspace_id = ${workspaceId} AND (u.name ILIKE ${pattern} OR a.name ILIKE ${pattern}))`;
}

function anyOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`false` : sql`(${sql.join(conditions, sql` OR `)})`;
}
