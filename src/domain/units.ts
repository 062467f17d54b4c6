export const KiB = 1024;
export const MiB = 1024 * KiB;

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The clock is a parameter everywhere: production passes `() => new Date()`, a test passes its own. */
export type Now = () => Date;
