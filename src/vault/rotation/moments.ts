/** The moments of a rotation at which a process may die. A rotation continues from any of them. */
export const rotationMoments = [
  'wanted',
  'superseded',
  'batch read',
  'batch resealed',
  'batch replaced',
  'key rewrapped',
  'secret rewrapped',
  'promoted',
] as const;
export type RotationMoment = (typeof rotationMoments)[number];

/** Called at each of those moments. Tests end the process there; a rotation passes through. */
export type AtMoment = (moment: RotationMoment) => Promise<void> | void;

export const passThrough: AtMoment = () => {};

/** Told after every step how many values are done, and of how many. */
export type OnProgress = (done: number, total: number) => void;
