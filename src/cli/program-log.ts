import { destination, type Logger, pino } from 'pino';
import type { Config } from '../config/config.ts';
import { loggedError } from './logged-error.ts';

const standardError = 2;

/**
 * The program's own log: JSON lines on standard error, so that standard output is left to results. Errors are the field
 * `err`, and have a bound.
 */
export function openProgramLog({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  // Written at once: the last lines of a process are the ones that people need after it died.
  return pino(
    { level: logLevel, base: null, serializers: { err: value => loggedError(value) } },
    destination({ dest: standardError, sync: true }),
  );
}
