import { destination, type Logger, pino } from 'pino';
import type { Config } from '../config/config.ts';

const standardError = 2;

/** The program's own log: JSON lines on standard error, so that standard output is left to results. */
export function openProgramLog({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  // Written at once: what a process had to say last is what one wants to read after it died.
  return pino({ level: logLevel, base: null }, destination({ dest: standardError, sync: true }));
}
