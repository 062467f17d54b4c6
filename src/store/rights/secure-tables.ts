import type { ClientBase } from 'pg';
import { StoreError } from '../../domain/store-error.ts';
import { schemaName } from '../database.ts';
import { type Logins, parts } from '../logins/logins.ts';
import { differencesOf } from './differences.ts';
import { policiesOf } from './policies.ts';
import { calledFunctions, type Right, type TableRights, tableRights } from './table-rights.ts';

/**
 * Brings rights and policies of all tables to what `tableRights` says, for these two logins. If all is right already,
 * it changes nothing, because a change would lock every table. Throws StoreError `rights_refused` if there are rights
 * missing or too many that cannot be changed here, such as a right that a login has as a member of another role.
 *
 * @param owner the owner of the schema, under the lock of migrations
 */
export async function secureTables(owner: ClientBase, logins: Logins): Promise<void> {
  if ((await differencesOf(owner, logins)).length === 0) return;
  await owner.query('BEGIN');
  try {
    await takeEverythingAway(owner, logins);
    const names = { app: owner.escapeIdentifier(logins.app.name), system: owner.escapeIdentifier(logins.system.name) };
    await owner.query(openingOf(names));
    for (const [table, rights] of Object.entries(tableRights)) await owner.query(secureTable(table, rights, names));
    await owner.query('COMMIT');
  } catch (error) {
    await owner.query('ROLLBACK');
    throw error;
  }
  const remaining = await differencesOf(owner, logins);
  if (remaining.length === 0) return;
  throw new StoreError(
    'rights_refused',
    `The rights in the database are not what Portcullis needs:\n- ${remaining.join('\n- ')}`,
  );
}

/** The two roles, quoted. */
type Names = Readonly<Record<'app' | 'system', string>>;

/**
 * Drops all policies, and revokes the rights of PUBLIC, of these logins, and of the logins that the policies name,
 * which are the former ones. Rights that an administrator gave to others, such as a role for backups, stay.
 */
async function takeEverythingAway(owner: ClientBase, logins: Logins): Promise<void> {
  const { rows: self } = await owner.query<{ name: string }>('SELECT current_user AS name');
  const ownerName = self[0]?.name ?? '';
  const { rows: policies } = await owner.query<{ name: string; table: string; role: string }>(
    `SELECT policyname AS name, tablename AS table, role
       FROM pg_policies, unnest(roles) role WHERE schemaname = $1`,
    [schemaName],
  );
  const dropped = new Set(
    policies.map(({ name, table }) => `${owner.escapeIdentifier(name)} ON ${owner.escapeIdentifier(table)}`),
  );
  for (const policy of dropped) await owner.query(`DROP POLICY ${policy}`);
  const holders = new Set([...policies.map(({ role }) => role), logins.app.name, logins.system.name]);
  // The owner, for whose triggers there are policies, keeps what is its own; PUBLIC is no role.
  for (const name of [ownerName, 'public']) holders.delete(name);
  const everybody = ['PUBLIC', ...[...holders].map(role => owner.escapeIdentifier(role))].join(', ');
  await owner.query(`
    REVOKE ALL ON SCHEMA ${schemaName} FROM ${everybody};
    REVOKE ALL ON ALL TABLES IN SCHEMA ${schemaName} FROM ${everybody};
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${schemaName} FROM ${everybody};
    REVOKE ALL ON ALL ROUTINES IN SCHEMA ${schemaName} FROM ${everybody}`);
}

function openingOf({ app, system }: Names): string {
  return `
    GRANT USAGE ON SCHEMA ${schemaName} TO ${app}, ${system};
    GRANT EXECUTE ON FUNCTION ${calledFunctions.join(', ')} TO ${app}, ${system}`;
}

/** Policies and grants of one table. */
function secureTable(table: string, rights: TableRights, names: Names): string {
  const statements = [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
    ...policiesOf(rights).map(({ name, to, rows }) => {
      const role = to === 'owner' ? 'CURRENT_USER' : names[to];
      return `CREATE POLICY ${name} ON ${table} TO ${role} USING (${rows}) WITH CHECK (${rows})`;
    }),
    ...parts.flatMap(part =>
      (rights[part] ?? []).map(right => `GRANT ${privilegeOf(right)} ON ${table} TO ${names[part]}`),
    ),
  ];
  return statements.join(';\n');
}

function privilegeOf(right: Right): string {
  return typeof right === 'string' ? right : `${right.privilege} (${right.columns.join(', ')})`;
}
