import { acme } from './acme.ts';
import { company } from './company.ts';
import { globex, otherAcme } from './globex.ts';
import type { WorkspaceSeed } from './seed.ts';

/** What an emulator can start with. The first workspace of each is the main one; the others are there to be kept apart. */
export const seeds: ReadonlyMap<string, readonly WorkspaceSeed[]> = new Map([
  ['acme', [acme, globex, otherAcme]],
  ['company', [company, globex, otherAcme]],
]);
