// `npm run docs` writes the generated documents; with --check it only says which ones are out of date.
import { staleDocuments, writeDocuments } from './documents.ts';

if (process.argv.includes('--check')) {
  const stale = await staleDocuments();
  for (const path of stale) console.error(`error: ${path} is out of date`);
  if (stale.length > 0) console.error('hint:  npm run docs');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  await writeDocuments();
}
