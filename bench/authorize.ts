import { besideLibraries } from './authorize/beside-libraries.ts';
import { largeWorkspace } from './authorize/large-workspace.ts';
import type { Bench } from './claim.ts';

/** What decisions cost: beside libraries that decide the same, and in a workspace as large as they come. */
export const authorize: Bench = async () => [...(await besideLibraries()), ...(await largeWorkspace())];
