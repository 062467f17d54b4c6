import type { DatabaseConfig } from '../config/config.ts';
import { StoreError } from '../domain/store-error.ts';

/** Errors of the operating system, on the way to a server: they name an address, and not the setting that has it. */
const onTheWay =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES|EPIPE)$/;

/**
 * If an external database does not answer, returns an error that names its setting. Returns any other error unchanged.
 */
export function namingSetting(error: unknown, config: DatabaseConfig): unknown {
  const code = codeOf(error);
  if (config.kind !== 'external' || code === null || !onTheWay.test(code)) return error;
  const { hostname, port, searchParams } = new URL(config.url.reveal());
  const host = searchParams.get('host') ?? hostname;
  return new StoreError(
    'server_unreachable',
    `No database answers at ${host}:${port === '' ? '5432' : port} (${code}). That address comes from DATABASE_URL: check it, and that PostgreSQL runs there.`,
    { cause: error },
  );
}

/** A name with several addresses is tried at each, and then there is one error for all of them. */
function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
