import { createHash } from 'node:crypto';

/**
 * Settings of the embedded server. They are given on the command line, which has priority over postgresql.conf and
 * ALTER SYSTEM: nothing in the data directory can turn durability off or open a port.
 */
const settings = {
  listen_addresses: '',
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  max_connections: '60',

  // What "durably committed" rests on.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // No server replicates from this one, so the log only has to serve recovery.
  wal_level: 'minimal',
  max_wal_senders: '0',

  shared_buffers: '128MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  // One small server: reading in the backend spares three worker processes.
  io_method: 'sync',
  // A statement of a client that died must not hold its locks to the end.
  client_connection_check_interval: '1s',

  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
  // The log file is plain text on disk: neither statements nor the rows that errors quote belong there.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  cluster_name: 'portcullis',
};

/** The name of the setting in which a running server keeps the digest of its settings and programs. */
export const digestSetting = 'portcullis.started_with';

/**
 * Identifies settings and program version, so that a server left behind by an older Portcullis is not taken over
 * unchanged.
 */
export function settingsDigest(version: string): string {
  return createHash('sha256')
    .update(JSON.stringify([version, settings]))
    .digest('hex')
    .slice(0, 16);
}

/** The command line of `postgres`, without the data directory. */
export function serverArguments(version: string): string[] {
  const all = { ...settings, [digestSetting]: settingsDigest(version) };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
