import { UnopenableError } from '../domain/unopenable-error.ts';
import type { Binding } from './sealed-value.ts';

/** A value that could not be opened. */
export interface Undecryptable {
  /** The key that it names. */
  readonly kid: string;
  /** What the value is, and its place: ids and our own words. */
  readonly binding: Binding;
  readonly reason: string;
}

/** Called each time that a sealed value does not open. Never throws. */
export type OnUndecryptable = (found: Undecryptable) => void;

export const ignoreUndecryptable: OnUndecryptable = () => {};

/**
 * Waits for `opening`, and reports a value that does not open. Other trouble says nothing about the value, and is not
 * reported.
 */
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
