import pg, { type ClientBase, type ClientConfig } from 'pg';
import { StoreError } from '../../domain/store-error.ts';
import { type Login, type Logins, loginSettings, type Part, parts } from './logins.ts';
import { scramVerifier } from './scram-verifier.ts';

/**
 * Ensures that both parts can sign in. Missing logins of ours are made, and their passwords follow the owner's. An
 * administrator's logins stay as they are. Throws StoreError `login_refused`, which says what is missing.
 */
export async function ensureLogins(owner: ClientBase, logins: Logins): Promise<void> {
  for (const part of parts) {
    const login = logins[part];
    const trouble = await tryToSignIn(login, owner);
    if (trouble === null) continue;
    if (logins.madeBy === 'administrator') throw notLetIn(login, trouble, loginSettings[part]);
    await makeLogin(owner, login);
    const remaining = await tryToSignIn(login, owner);
    if (remaining !== null) throw notLetIn(login, remaining, null);
  }
  await requireOwnRoles(owner, logins);
}

/** No such role or not its password, no login, or no right to connect; PgBouncer says the first of these with 08P01. */
const notLetInCodes = new Set(['28P01', '28000', '42501', '08P01']);

/** Null if it works, otherwise the server's message. Throws errors that are not about the login. */
async function tryToSignIn({ connection }: Login, owner: ClientBase): Promise<string | null> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000 });
  // If a connection breaks, the next query fails; the event adds nothing to that.
  client.on('error', () => {});
  try {
    await client.connect();
    const [there, here] = [await whereIs(client), await whereIs(owner)];
    return there === here ? null : 'it leads to another database than DATABASE_URL';
  } catch (error) {
    if (error instanceof Error && 'code' in error && notLetInCodes.has(String(error.code))) return error.message;
    throw error;
  } finally {
    await client.end();
  }
}

/** Identifies a database, on one server or several. */
async function whereIs(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ place: string }>(
    "SELECT current_database() || ' ' || extract(epoch FROM pg_postmaster_start_time()) AS place",
  );
  return rows[0]?.place ?? '';
}

/** The statement lost a race with another process that did the same: the role is there. */
const lostRace = (error: Error & { code?: string }) =>
  error.code === '42710' || error.code === '23505' || /tuple concurrently updated/.test(error.message);

async function makeLogin(owner: ClientBase, { name, connection }: Login): Promise<void> {
  const role = owner.escapeIdentifier(name);
  const verifier = owner.escapeLiteral(scramVerifier(passwordOf(connection)));
  const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  try {
    await owner.query(`${rowCount ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD ${verifier}`);
    await allowToConnect(owner, name);
  } catch (error) {
    if (lostRace(error as Error)) return;
    if ((error as { code?: string }).code === '42501') throw mayNotMake(name, error);
    throw error;
  }
}

async function allowToConnect(owner: ClientBase, name: string): Promise<void> {
  const { rows } = await owner.query<{ database: string; connects: boolean }>(
    "SELECT current_database() AS database, has_database_privilege($1, current_database(), 'CONNECT') AS connects",
    [name],
  );
  const [found] = rows;
  if (found === undefined || found.connects) return;
  await owner.query(
    `GRANT CONNECT ON DATABASE ${owner.escapeIdentifier(found.database)} TO ${owner.escapeIdentifier(name)}`,
  );
}

function passwordOf(connection: ClientConfig): string {
  return new pg.Client(connection).password ?? '';
}

/** Three parts that share a login would share its rights. */
async function requireOwnRoles(owner: ClientBase, { app, system }: Logins): Promise<void> {
  const { rows } = await owner.query<{ name: string }>('SELECT current_user AS name');
  const names = [rows[0]?.name ?? '', app.name, system.name];
  if (new Set(names).size === names.length) return;
  throw new StoreError(
    'login_refused',
    `DATABASE_URL, ${loginSettings.app} and ${loginSettings.system} must name three different logins, and they name ${names.join(', ')}.`,
  );
}

function mayNotMake(name: string, cause: unknown): StoreError {
  return new StoreError(
    'login_refused',
    `The login in DATABASE_URL may not make the login ${name} (${(cause as Error).message}). Give it CREATEROLE, or make two logins ` +
      `without any rights and name them in ${loginSettings.app} and ${loginSettings.system}.`,
    { cause },
  );
}

function notLetIn({ name }: Login, trouble: string, setting: (typeof loginSettings)[Part] | null): StoreError {
  const which = setting === null ? `The login ${name}, which Portcullis made for itself,` : `The login in ${setting}`;
  const todo =
    setting === null
      ? 'The server, or a pooler before it, must let it sign in with its password: check pg_hba.conf and the users of the pooler. ' +
        `Or make two logins yourself and name them in ${loginSettings.app} and ${loginSettings.system}.`
      : 'Check its address, name and password, and that it may connect.';
  return new StoreError('login_refused', `${which} cannot sign in: ${trouble}. ${todo}`);
}
