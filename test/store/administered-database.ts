import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { EmbeddedConnection } from '../../src/postgres/embedded-postgres.ts';
import { freshDatabase } from '../postgres.ts';

/** A database whose logins an administrator made, each with a password of its own. It goes away with the server. */
export interface AdministeredDatabase {
  /** Owns the database. May make no roles, unless that was asked for. */
  readonly owner: EmbeddedConnection;
  /** Two logins without any rights. */
  readonly app: EmbeddedConnection;
  readonly system: EmbeddedConnection;
  /** Runs statements as the superuser, in this database. */
  asSuperuser<Row extends object>(text: string): Promise<Row[]>;
}

/** Makes one with an owner of the given name; by default one that no other test has. */
export async function anAdministeredDatabase({
  ownerName = `owner_${randomBytes(6).toString('hex')}`,
  attributes = '',
} = {}): Promise<AdministeredDatabase> {
  const { superuser } = await freshDatabase();
  const asSuperuser = async <Row extends object>(text: string) => {
    const client = new pg.Client(superuser);
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const login = async (user: string, more = ''): Promise<EmbeddedConnection> => {
    const password = randomBytes(9).toString('base64');
    await asSuperuser(`CREATE ROLE ${pg.escapeIdentifier(user)} LOGIN ${more} PASSWORD '${password}'`);
    return { ...superuser, user, password };
  };
  const tag = randomBytes(6).toString('hex');
  const owner = await login(ownerName, attributes);
  await asSuperuser(`ALTER DATABASE ${superuser.database} OWNER TO ${pg.escapeIdentifier(ownerName)}`);
  const [app, system] = [await login(`app_${tag}`), await login(`system_${tag}`)];
  return {
    owner,
    app,
    system,
    asSuperuser,
  };
}
