import { dayMs, hourMs } from './units.ts';

/** A browser session ends when it was not used for this long. */
export const sessionIdleMs = 12 * hourMs;

/** However much it is used, a browser session ends after this long. */
export const sessionMsMax = 7 * dayMs;
