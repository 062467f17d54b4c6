/**
 * Minutes that an attempt to connect may take: first until somebody comes back from Notion, and then, anew, until they
 * confirm what came of it.
 */
export const attemptMinutes = 10;
