import { UnopenableError } from '../domain/unopenable-error.ts';
import type { Binding } from './sealed-value.ts';

/** A value that somebody tried to open in vain. */
export interface Undecryptable {
  /** The key that it names. */
  readonly kid: string;
  /** What it is, and where it belongs: ids and words of ours. */
  readonly binding: Binding;
  readonly reason: string;
}

/** Hears of every sealed value that does not open, each time. Never throws. */
export type OnUndecryptable = (found: Undecryptable) => void;

export const ignoreUndecryptable: OnUndecryptable = () => {};

/** Awaits what opens a value, and tells of it when it does not open. Trouble of other kinds says nothing about the value. */
export async function telling<T>(
  onUndecryptable: OnUndecryptable,
  about: Pick<Undecryptable, 'kid' | 'binding'>,
  opening: Promise<T>,
): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof UnopenableError) onUndecryptable({ ...about, reason: error.message });
    throw error;
  }
}
