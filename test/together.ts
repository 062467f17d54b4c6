/** One test file that is many: those which need no server and no process of their own, in one process. See `run.ts`. */
import { pathToFileURL } from 'node:url';
import { togetherVariable } from './together-variable.ts';

const files = JSON.parse(process.env[togetherVariable] ?? '[]') as string[];
// One after the other: what a file describes at its top is what the runner says of it.
for (const file of files) await import(pathToFileURL(file).href);
