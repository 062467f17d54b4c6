import type { ClientBase } from 'pg';
import { schemaName } from '../database.ts';
import { type Logins, type Part, parts } from '../logins/logins.ts';
import { policiesOf } from './policies.ts';
import { calledFunctions, type Right, tableRights } from './table-rights.ts';

/**
 * What differs between the rights in the database and those that the two logins need: a line for each thing that is missing,
 * and for each that is too much. Also looks through the roles that a login is a member of. Empty: all is as it should be.
 */
export async function differencesOf(owner: ClientBase, logins: Logins): Promise<string[]> {
  return [
    ...(await unlimitedRoles(owner, logins)),
    ...(await openTables(owner)),
    ...(await differingPolicies(owner, logins)),
    ...(await differingPrivileges(owner, logins)),
    ...(await differingOpenings(owner, logins)),
    ...(await rightsOfPublic(owner)),
  ];
}

/** Logins, and roles that they are members of, that could step over every policy. */
async function unlimitedRoles(owner: ClientBase, logins: Logins): Promise<string[]> {
  const { rows } = await owner.query<{ login: string; role: string; what: string }>(
    `SELECT login.rolname AS login, role.rolname AS role, what
       FROM pg_roles login JOIN pg_roles role ON role.oid = login.oid OR (NOT login.rolsuper AND pg_has_role(login.oid, role.oid, 'MEMBER')),
            LATERAL (VALUES (role.rolsuper, 'is a superuser'), (role.rolbypassrls, 'may pass row-level security (BYPASSRLS)'),
              (role.rolcreaterole, 'may make roles (CREATEROLE)'), (role.rolreplication, 'may replicate (REPLICATION)'),
              (role.oid <> login.oid AND (role.rolname = ANY ($1) OR role.rolname = current_user), 'is another login of Portcullis'),
              (EXISTS (SELECT FROM pg_class WHERE relnamespace = $2::regnamespace AND relowner = role.oid), 'owns tables')) found (so, what)
      WHERE login.rolname = ANY ($1) AND found.so ORDER BY 1, 2, 3`,
    [namesOf(logins), schemaName],
  );
  return rows.map(({ login, role, what }) =>
    login === role ? `${login} ${what}` : `${login} is a member of ${role}, which ${what}`,
  );
}

async function openTables(owner: ClientBase): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND relname = ANY ($2)
        AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1`,
    [schemaName, Object.keys(tableRights)],
  );
  return rows.map(({ name }) => `row-level security is not forced on ${name}`);
}

async function differingPolicies(owner: ClientBase, logins: Logins): Promise<string[]> {
  const { rows } = await owner.query<{ policy: string }>(
    `SELECT format('%s on %s for %s', policyname, tablename, array_to_string(roles, ', ')) AS policy
       FROM pg_policies WHERE schemaname = $1 AND permissive = 'PERMISSIVE' AND cmd = 'ALL'`,
    [schemaName],
  );
  const { rows: all } = await owner.query<{ count: number; owner: string }>(
    'SELECT count(*)::int AS count, current_user AS owner FROM pg_policies WHERE schemaname = $1',
    [schemaName],
  );
  const names = { app: logins.app.name, system: logins.system.name, owner: all[0]?.owner };
  const wanted = Object.entries(tableRights).flatMap(([table, rights]) =>
    policiesOf(rights).map(({ name, to }) => `${name} on ${table} for ${names[to]}`),
  );
  const found = new Set(rows.map(({ policy }) => policy));
  const missing = wanted.filter(policy => !found.has(policy)).map(policy => `there is no policy ${policy}`);
  const others = (all[0]?.count ?? 0) - (wanted.length - missing.length);
  return others === 0 ? missing : [...missing, `there are ${others} policies that Portcullis does not know`];
}

/** One privilege of one login on one table, as the server knows it. */
interface Held {
  readonly login: string;
  readonly table: string;
  readonly privilege: string;
  /** Null: on all of them. */
  readonly columns: string[] | null;
}

async function differingPrivileges(owner: ClientBase, logins: Logins): Promise<string[]> {
  const { rows } = await owner.query<Held>(
    `SELECT login.rolname AS login, c.relname AS table, privilege, CASE WHEN whole THEN NULL ELSE columns END AS columns
       FROM pg_roles login, pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege,
            LATERAL (SELECT coalesce(bool_or(has_table_privilege(role.oid, c.oid, privilege)), false) AS whole
                       FROM pg_roles role WHERE pg_has_role(login.oid, role.oid, 'MEMBER')) t,
            LATERAL (SELECT array_agg(DISTINCT attname::text ORDER BY attname::text) AS columns
                       FROM pg_roles role, pg_attribute a
                      WHERE NOT whole AND privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                        AND pg_has_role(login.oid, role.oid, 'MEMBER') AND attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                        AND has_column_privilege(role.oid, c.oid, attnum, privilege)) a
      WHERE login.rolname = ANY ($1) AND c.relnamespace = $2::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT login.rolsuper AND (whole OR columns IS NOT NULL)`,
    [namesOf(logins), schemaName],
  );
  const held = new Set(rows.map(lineOf));
  const wanted = new Set(parts.flatMap(part => wantedOf(part, logins[part].name)).map(lineOf));
  return [
    ...[...wanted].filter(line => !held.has(line)).map(line => `missing: ${line}`),
    ...[...held].filter(line => !wanted.has(line)).map(line => `too much: ${line}`),
  ];
}

function wantedOf(part: Part, login: string): Held[] {
  return Object.entries(tableRights).flatMap(([table, rights]) =>
    (rights[part] ?? []).map((right: Right) =>
      typeof right === 'string'
        ? { login, table, privilege: right, columns: null }
        : { login, table, privilege: right.privilege, columns: right.columns.toSorted() },
    ),
  );
}

function lineOf({ login, table, privilege, columns }: Held): string {
  return `${login} ${privilege}${columns === null ? '' : ` (${columns.join(', ')})`} on ${table}`;
}

/** What a login needs before it reaches any table. */
async function differingOpenings(owner: ClientBase, logins: Logins): Promise<string[]> {
  const { rows } = await owner.query<{ line: string }>(
    `SELECT format(line, login.rolname) AS line
       FROM pg_roles login,
            LATERAL (
              SELECT NOT has_schema_privilege(login.oid, $2, 'USAGE'), 'missing: %s USAGE on schema ' || $2
              UNION ALL SELECT has_schema_privilege(login.oid, $2, 'CREATE'), 'too much: %s CREATE on schema ' || $2
              UNION ALL SELECT NOT has_function_privilege(login.oid, $2 || '.' || name, 'EXECUTE'), 'missing: %s EXECUTE on function ' || name
                          FROM unnest($3::text[]) name
            ) found (so, line)
      WHERE login.rolname = ANY ($1) AND NOT login.rolsuper AND found.so`,
    [namesOf(logins), schemaName, calledFunctions],
  );
  return rows.map(({ line }) => line);
}

async function rightsOfPublic(owner: ClientBase): Promise<string[]> {
  const { rows } = await owner.query<{ line: string }>(
    `WITH acl AS (
       SELECT relname::text AS thing, relacl AS acl FROM pg_class WHERE relnamespace = $1::regnamespace
       UNION ALL SELECT relname || '.' || attname, attacl
                   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE relnamespace = $1::regnamespace
       UNION ALL SELECT proname || '()', coalesce(proacl, acldefault('f', proowner)) FROM pg_proc WHERE pronamespace = $1::regnamespace
       UNION ALL SELECT 'the schema', nspacl FROM pg_namespace WHERE oid = $1::regnamespace)
     SELECT format('too much: PUBLIC %s on %s', string_agg(privilege_type, ', '), thing) AS line
       FROM acl, aclexplode(acl) WHERE grantee = 0 GROUP BY thing ORDER BY thing`,
    [schemaName],
  );
  return rows.map(({ line }) => line);
}

function namesOf({ app, system }: Logins): string[] {
  return [app.name, system.name];
}
