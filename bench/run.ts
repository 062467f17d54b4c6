// `npm run bench -- NAME`: measures, and prints one JSON object as its last line. Exits 0 whether targets of speed hold or
// not, which depend on the machine; and 1 when a claim of `hostile` does not, which must hold anywhere.
import type { Bench } from './claim.ts';

const benches: ReadonlyMap<string, () => Promise<Bench>> = new Map([
  ['rest-door', async () => (await import('./rest-door.ts')).restDoor],
  ['custody', async () => (await import('./custody.ts')).custody],
  ['audit', async () => (await import('./audit.ts')).audit],
  ['authorize', async () => (await import('./authorize.ts')).authorize],
  ['emulator', async () => (await import('./emulator.ts')).emulator],
  ['filtered-list', async () => (await import('./filtered-list.ts')).filteredList],
  ['hostile', async () => (await import('./hostile.ts')).hostile],
]);

const name = process.argv[2] ?? '';
const load = benches.get(name);
if (load === undefined) {
  console.error(`usage: npm run bench -- ${[...benches.keys()].join('|')}`);
  process.exit(2);
}
const bench = await load();
const rows = await bench();
console.table(rows);
console.log(JSON.stringify({ name, rows }));
process.exit(name === 'hostile' && rows.some(row => !row.holds) ? 1 : 0);
