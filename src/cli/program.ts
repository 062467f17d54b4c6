import { fileURLToPath } from 'node:url';

/**
 * The path of the program `path` of this package, such as `emulator/main.ts`: the source in a checkout, the compiled
 * file beside the compiled command line in an installed package.
 */
export function programFile(path: `${string}.ts`): string {
  const suffix = import.meta.url.endsWith('.ts') ? path : path.replace(/\.ts$/, '.js');
  return fileURLToPath(new URL(`../../${suffix}`, import.meta.url));
}
