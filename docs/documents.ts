import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { apiTypes } from './pages/api-types.ts';
import { defectsPage, rulesPage } from './pages/cited.ts';
import { commandsPage } from './pages/commands.ts';
import { configurationPage, exampleEnvironment } from './pages/configuration.ts';
import { emulatorPage } from './pages/emulator.ts';
import { errorsPage } from './pages/errors.ts';
import { openApiDocument } from './pages/openapi.ts';
import { operationsPage } from './pages/operations.ts';

/** Every generated document: its path from the root of the project, and how it is made from the tables in the source. */
const documents: Readonly<Record<string, () => string | Promise<string>>> = {
  '.env.example': exampleEnvironment,
  'docs/commands.md': commandsPage,
  'docs/configuration.md': configurationPage,
  'docs/emulator.md': emulatorPage,
  'docs/errors.md': errorsPage,
  'docs/openapi.json': openApiDocument,
  'docs/operations.md': operationsPage,
  'docs/rules.md': rulesPage,
  'docs/source-defects.md': defectsPage,
  'src/domain/admin-api.ts': apiTypes,
};

/** Paths of the documents that are not what the tables say. */
export async function staleDocuments(): Promise<string[]> {
  const checked = await Promise.all(
    Object.entries(documents).map(async ([path, make]) => {
      const written = await readFile(locate(path), 'utf8').catch(() => null);
      return written === (await make()) ? [] : [path];
    }),
  );
  return checked.flat();
}

/** Writes every document anew. */
export async function writeDocuments(): Promise<void> {
  for (const [path, make] of Object.entries(documents)) await writeFile(locate(path), await make());
}

function locate(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
