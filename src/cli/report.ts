import { ConfigError } from '../config/config-error.ts';
import { errorTable, hintOf, PortcullisError } from '../domain/errors.ts';
import { RootKeyError } from '../domain/root-key-error.ts';
import { StoreError } from '../domain/store-error.ts';
import { UsageError } from './command.ts';
import { EmulatorError } from './demo/emulator-error.ts';
import { RemoteError } from './remote.ts';

/** The message of the command line for an error, and its exit code. */
export interface ErrorReport {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

const emulatorHint = 'If its port is taken, choose another with --emulator-port, or 0 for any.';

const databaseHint = 'Check DATABASE_URL: server, user, password and name of the database.';

const poolerHint =
  'A connection pooler stands there, and takes no such parameter: remove it from DATABASE_URL, or let the pooler ignore it.';

/** Errors on the way to a server. Without an error type of its own, the server can only be the database. */
const connectCodes = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** Every error is printed as `error: …` and `hint: …`: what is wrong, and what to do about it. */
export function report(error: unknown): ErrorReport {
  if (error instanceof UsageError) return say(error.message, error.hint, errorTable.invalid_request.exitCode);
  if (error instanceof ConfigError) {
    const lines = error.problems.flatMap(({ setting, problem, hint }) => say(`${setting} ${problem}`, hint, 0).lines);
    return { lines, exitCode: errorTable.invalid_request.exitCode };
  }
  if (error instanceof RemoteError) return say(error.message, error.hint, error.exitCode);
  if (error instanceof StoreError) return say(error.message, null, errorTable.unavailable.exitCode);
  if (error instanceof RootKeyError) return say(error.message, null, errorTable.unavailable.exitCode);
  if (error instanceof EmulatorError) return say(error.message, emulatorHint, errorTable.unavailable.exitCode);
  if (error instanceof PortcullisError) {
    const { exitCode } = errorTable[error.code];
    const hint = hintOf(error);
    return say(error.message, hint === error.message ? null : hint, exitCode);
  }
  return outsideError(error) ?? defect(error);
}

/** Of the operating system: files. */
const systemCodes = /^(EACCES|EROFS|ENOSPC|ENOENT|EEXIST|EISDIR)$/;

/**
 * Errors of PostgreSQL when it refuses a connection: SQLSTATE classes 08, 28, 3D, 53 and 57 (appendix A of its manual).
 */
const databaseCodes = /^(08|28|3D|53|57)[0-9A-Z]{3}$/;

/** Errors from outside that a person can do something about. They are no defects, so they come without a stack. */
function outsideError(error: unknown): ErrorReport | null {
  if (!(error instanceof Error)) return null;
  const { exitCode } = errorTable.unavailable;
  // What `pg` says when it could not connect in time. It has no code.
  if (error.message === 'timeout expired') return say('the database does not answer in time', databaseHint, exitCode);
  if (!('code' in error)) return null;
  const code = String(error.code);
  if (code === 'EADDRINUSE') {
    const address = 'address' in error && 'port' in error ? `${error.address}:${error.port}` : 'the address';
    return say(
      `${address} is in use by another program`,
      'Choose another port with --port (or in PORTCULLIS_METRICS_ADDRESS, if it is that one).',
      exitCode,
    );
  }
  if (connectCodes.test(code)) return say(`the database does not answer: ${reasonOf(error)}`, databaseHint, exitCode);
  if (/unsupported startup parameter/.test(error.message)) return say(error.message, poolerHint, exitCode);
  if (databaseCodes.test(code)) return say(`the database refused: ${error.message}`, databaseHint, exitCode);
  return systemCodes.test(code) ? say(error.message, null, exitCode) : null;
}

/** A name with several addresses fails with an error that holds those of the addresses and has no text of its own. */
function reasonOf(error: Error): string {
  const errors = error instanceof AggregateError ? error.errors : [error];
  return errors.map(each => (each as Error).message).join(', ');
}

function defect(error: unknown): ErrorReport {
  const { exitCode, hint } = errorTable.internal;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return say(text, hint, exitCode);
}

function say(message: string, hint: string | null, exitCode: number): ErrorReport {
  return { lines: [`error: ${message}`, ...(hint === null ? [] : [`hint:  ${hint}`])], exitCode };
}
