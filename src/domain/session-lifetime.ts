import { dayMs, hourMs } from './units.ts';

/** A browser session ends if it was not used for this long. */
export const sessionIdleMs = 12 * hourMs;

/** A browser session ends after this long, even if it is used. */
export const sessionMsMax = 7 * dayMs;
