/** The moments of the protocol at which a process may die, in order. Between `leased` and `answered` the grant is spent. */
export const failPoints = ['idle', 'leased', 'answered', 'spooled', 'applied', 'cleared'] as const;
export type FailPointName = (typeof failPoints)[number];

/** Called at each of those moments. Tests end the process there; a gateway passes through. */
export type FailPoint = (name: FailPointName) => Promise<void> | void;

export const passThrough: FailPoint = () => {};
