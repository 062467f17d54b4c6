import { RootKeyError } from '../../domain/root-key-error.ts';

/** Loads an optional dependency. Throws `RootKeyError` `not_installed`, which says how to install it. */
export async function loadPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new RootKeyError(
      'not_installed',
      `PORTCULLIS_ROOT_KEYS names a key that needs the package ${name}, which is not installed. Run: npm install ${name}`,
      { cause },
    );
  }
}
