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
  const { principal, person, credential, operation, action, effect, result, door, activity } = filter;
  const { object, below, reason, text } = filter;
  return [
    principal !== undefined && sql`e.principal_id = ${principal}`,
    person !== undefined && anyOf([sql`e.principal_id = ${person}`, holds({ owner: person })]),
    operation !== undefined && sql`e.operation = ${operation}`,
    effect === 'allow' && sql`e.kind = 'intent'`,
    effect === 'deny' && sql`(e.kind = 'denial' OR e.operation = 'call.denied')`,
    result === 'open' && sql`e.kind = 'intent' AND o.id IS NULL`,
    result !== undefined && result !== 'open' && sql`o.result = ${result}`,
    credential !== undefined && holds({ credential }),
    door !== undefined && holds({ door }),
    action !== undefined && contains(sql`e.entry`, `{${JSON.stringify({ action }).slice(1, -1)},"id":`),
    object !== undefined && contains(sql`e.entry`, JSON.stringify(object)),
    below !== undefined && namesSomethingBelow(workspaceId, below),
    reason !== undefined && isBecauseOf(reason),
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

/** In canonical JSON, `activity` comes first. Entries without it are about Portcullis's own administration. */
function isPartOf(activity: string): Condition {
  const begins = (name: string) => sql`starts_with(e.entry, ${`{"activity":"${name}",`})`;
  // How a download ended is an entry of its own, and so is a count of denials.
  if (activity === 'notion') return anyOf([begins('notion'), sql`e.operation IN ('stream.closed', 'call.denied')`]);
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

/** Ids of Notion's are bare UUIDs, and ours are not. */
const notionIds = '"id":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"';

function namesSomethingBelow(workspaceId: WorkspaceId | null, top: string): Condition {
  return sql`EXISTS (
    SELECT FROM regexp_matches(e.entry, ${notionIds}, 'g') AS named(ids)
     WHERE named.ids[1] IN (
       WITH RECURSIVE below AS (
         SELECT ${top}::uuid AS id
         UNION SELECT p.notion_id FROM below JOIN page_index p ON p.workspace_id = ${workspaceId} AND p.parent_id = below.id)
       SELECT id::text FROM below))`;
}

/** In a decision, the reason comes first. PostgreSQL's own JSON cannot read entries in which a client wrote a NUL. */
function isBecauseOf(reason: string): Condition {
  const pattern = containing(JSON.stringify(reason).slice(1, -1));
  const says = (column: Condition, before: string) =>
    sql`substring(${column} FROM ${`${before}"((?:[^"\\\\]|\\\\.)*)"`}) ILIKE ${pattern}`;
  return anyOf([
    sql`(e.kind IN ('intent', 'denial') AND ${says(sql`e.entry`, '"decision":\\{"because":')})`,
    sql`(e.kind IN ('event', 'summary') AND ${says(sql`e.entry`, '"because":')})`,
    says(sql`o.entry`, '"error":'),
  ]);
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
