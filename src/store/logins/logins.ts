import { createHash, scryptSync } from 'node:crypto';
import pg, { type ClientConfig } from 'pg';
import { StoreError } from '../../domain/store-error.ts';

/** A part that Portcullis plays in its database: `app` works in one workspace, `system` across them. */
export type Part = 'app' | 'system';

export const parts = ['app', 'system'] as const satisfies readonly Part[];

/** The address of the database. Alone, it signs in the owner of the schema. */
export interface DatabaseConnection extends ClientConfig {
  /** Logins that a database administrator made. Without them the owner makes two, whose passwords derive from its own. */
  readonly logins?: Readonly<Record<Part, ClientConfig>>;
}

/** How one part signs in. */
export interface Login {
  /** The role in PostgreSQL. */
  readonly name: string;
  readonly connection: ClientConfig;
}

export interface Logins extends Readonly<Record<Part, Login>> {
  readonly madeBy: 'owner' | 'administrator';
}

/** The settings that name logins of an administrator. */
export const loginSettings = {
  app: 'PORTCULLIS_DATABASE_APP_URL',
  system: 'PORTCULLIS_DATABASE_SYSTEM_URL',
} as const satisfies Record<Part, string>;

/** PostgreSQL cuts longer names off: NAMEDATALEN - 1. */
const nameBytesMax = 63;

/**
 * scrypt with 32 MiB. The input is a password that a person chose, and a derived password may be in the file of a
 * pooler. So guessing with it must cost more than with PostgreSQL's own verifier.
 */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 };
const passwordBytes = 32;

/**
 * How each part signs in. Names and passwords derive from those of the owner, so that two deployments with owners of their
 * own do not meet on one server. Throws StoreError `login_refused` if the owner has no password.
 */
export function loginsOf(connection: DatabaseConnection): Logins {
  const { logins, ...owner } = connection;
  if (logins !== undefined) return { madeBy: 'administrator', app: given(logins.app), system: given(logins.system) };
  const { user = '', password } = new pg.Client(owner);
  if (!password) {
    throw new StoreError(
      'login_refused',
      'DATABASE_URL has no password. Portcullis works with two logins of its own, whose passwords derive from it: ' +
        `add one, or make the two logins yourself and name them in ${loginSettings.app} and ${loginSettings.system}.`,
    );
  }
  const derived = scryptSync(password, `portcullis database logins 1\0${user}`, 2 * passwordBytes, cost);
  const login = (part: Part, bytes: Buffer): Login => {
    const name = loginName(user, part);
    return { name, connection: signedInAs(owner, name, bytes.toString('base64url')) };
  };
  return {
    madeBy: 'owner',
    app: login('app', derived.subarray(0, passwordBytes)),
    system: login('system', derived.subarray(passwordBytes)),
  };
}

/** `portcullis_app` for the owner `portcullis`. */
function loginName(owner: string, part: Part): string {
  const name = `${owner}_${part}`;
  if (Buffer.byteLength(name) <= nameBytesMax) return name;
  return `portcullis_${createHash('sha256').update(owner).digest('hex').slice(0, 32)}_${part}`;
}

function given(connection: ClientConfig): Login {
  return { name: new pg.Client(connection).user ?? '', connection };
}

/** In `pg` what a connection string says outranks the options beside it, so the login is put into the string. */
function signedInAs({ connectionString, ...rest }: ClientConfig, user: string, password: string): ClientConfig {
  if (connectionString === undefined) return { ...rest, user, password };
  const url = new URL(connectionString);
  for (const name of ['user', 'password']) if (url.searchParams.has(name)) url.searchParams.delete(name);
  url.username = encodeURIComponent(user);
  url.password = password;
  return { ...rest, connectionString: url.href };
}
