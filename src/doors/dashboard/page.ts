import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The built page, prepared for one answer: its scripts and styles get the answer's nonce, and a demo is marked as one.
 * Null if the dashboard has not been built.
 *
 * @param root the directory with the built page and its assets (`dist/web`)
 */
export async function readPage(root: string, nonce: string, demo: boolean): Promise<string | null> {
  const template = await readFile(join(root, 'index.html'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  // Functions as replacements: in a string, `$&` and the like would have a meaning of their own.
  return (
    template?.replaceAll('PORTCULLIS_NONCE', () => nonce).replaceAll('PORTCULLIS_DEMO', () => String(demo)) ?? null
  );
}

/** The page that is shown if the dashboard has not been built. It needs neither script nor style. */
export const notBuiltPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Portcullis: the dashboard is not built</title>
  </head>
  <body>
    <h1>The dashboard is not built</h1>
    <p>Run <code>npm run prepare</code> in the directory of Portcullis, then load this page again.</p>
    <p>Everything else works without it: the APIs, the keys and the command line.</p>
  </body>
</html>
`;
