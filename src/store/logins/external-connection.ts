import type { DatabaseConfig } from '../../config/config.ts';
import type { DatabaseConnection } from './logins.ts';

type External = Extract<DatabaseConfig, { kind: 'external' }>;

/** The database that the settings name, as its owner, and the logins that an administrator made, if there are any. */
export function externalConnection({ url, logins }: External): DatabaseConnection {
  const connection = { connectionString: url.reveal() };
  if (logins === undefined) return connection;
  const { app, system } = logins;
  return {
    ...connection,
    logins: { app: { connectionString: app.reveal() }, system: { connectionString: system.reveal() } },
  };
}
