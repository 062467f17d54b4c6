import { z } from 'zod';
import { bundleFormat, type RootPlace } from './bundle-lines.ts';
import { fromBase64, type TreeHash } from './merkle.ts';
import { parseVerifierKey, type VerifierKey } from './signing-keys.ts';

/** What a bundle says of itself in its first line. */
export interface BundleHead {
  readonly origin: string;
  /** The name of the root log, which all keys carry. */
  readonly name: string;
  readonly keys: readonly VerifierKey[];
}

const head = z.strictObject({
  format: z.literal(bundleFormat),
  keys: z.array(z.string()).min(1).max(100),
  origin: z.string(),
});

/** The parsers here take canonical JSON. Null: the line is something else. */
export function headIn(line: string): BundleHead | null {
  const { data } = head.safeParse(JSON.parse(line));
  if (data === undefined) return null;
  const keys = data.keys.map(parseVerifierKey).filter(key => key !== null);
  const [first] = keys;
  if (first === undefined || keys.length !== data.keys.length || new Set(data.keys).size !== keys.length) return null;
  const { name } = first;
  if (!keys.every(key => key.name === name) || !data.origin.startsWith(`${name}/`)) return null;
  return { origin: data.origin, name, keys };
}

/** The note in a line without other members. */
export function noteIn(line: string, member: 'checkpoint' | 'seal'): string | null {
  const { data } = z.strictObject({ [member]: z.string() }).safeParse(JSON.parse(line));
  return data?.[member] ?? null;
}

const hashes = z
  .array(z.string())
  .max(64)
  .transform((texts, context): TreeHash[] => {
    const found = texts.map(fromBase64).filter(hash => hash !== null);
    if (found.length !== texts.length) context.addIssue('not a hash');
    return found;
  });

const rootPlace = z.strictObject({ root: z.string(), rootIndex: z.int().min(0), rootPath: hashes });

export function rootIn(line: string): RootPlace | null {
  return rootPlace.safeParse(JSON.parse(line)).data ?? null;
}

const broken = z.union([
  z.strictObject({ index: z.int().min(0), leaf: z.string(), missing: z.string() }),
  z.strictObject({ stray: z.string() }),
]);

/** An entry that was missing when the bundle was written, or that was there without having been logged. */
export function brokenIn(line: string): z.infer<typeof broken> | null {
  return broken.safeParse(JSON.parse(line)).data ?? null;
}
