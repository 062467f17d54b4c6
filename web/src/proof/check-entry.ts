import { canonicalJson } from './canonical-json.ts';
import { type EntryProof, readProof } from './read-proof.ts';
import { isSignedBy } from './signatures.ts';
import { leadsTo, leafHash } from './tree.ts';

/** One thing that was looked at. `open`: it could not be checked here, and `says` why. */
export interface Check {
  readonly what: string;
  readonly result: 'holds' | 'fails' | 'open';
  readonly says: string;
}

/** What the reader sees of an entry, and knows of the log. */
export interface Shown {
  /** What the page shows, under the names of the entry. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** Whether that is all of the entry. */
  readonly whole: boolean;
  /** Which log it was read from: the id of a workspace, or `deployment`. */
  readonly log: string;
  /** A key of the log from another source; null for none. */
  readonly key: string | null;
}

/** Checks a proof here, from nothing but its own content. The server is not asked whether it is right. */
export async function checkEntry(line: string, shown: Shown): Promise<readonly Check[]> {
  const proof = await readProof(line);
  if (proof === null) return [{ what: 'The proof', result: 'fails', says: 'What the server sent is no proof.' }];
  return [
    checkShown(proof, shown),
    await checkPlace(proof),
    await checkSignature(proof, shown.log),
    checkKey(proof, shown.key),
  ];
}

function checkShown({ entry }: EntryProof, { entry: shown, whole }: Shown): Check {
  const what = 'The entry';
  const differing = Object.keys(whole ? { ...entry, ...shown } : shown).filter(
    name => canonicalJson(entry[name] ?? null) !== canonicalJson(shown[name] ?? null),
  );
  return differing.length === 0
    ? { what, result: 'holds', says: 'What stands above is what was logged.' }
    : { what, result: 'fails', says: `What stands above is not what was logged: ${differing.join(', ')}.` };
}

async function checkPlace({ bytes, index, path, checkpoint: { size, root } }: EntryProof): Promise<Check> {
  const what = 'Its place';
  const holds = await leadsTo(root, { index, size, leaf: await leafHash(bytes), path });
  return holds
    ? {
        what,
        result: 'holds',
        says: `It is entry ${index} of the log: its hash leads over ${path.length} others to the root of the first ${size} entries (RFC 6962).`,
      }
    : {
        what,
        result: 'fails',
        says: `Its hash does not lead to the root of the first ${size} entries at place ${index}.`,
      };
}

async function checkSignature({ checkpoint: { note, origin }, keys }: EntryProof, log: string): Promise<Check> {
  const what = 'The signature';
  const isOwn = keys.every(({ name }) => origin === `${name}/${log}`);
  if (!isOwn) return { what, result: 'fails', says: `The root is of another log: ${origin}.` };
  try {
    return (await isSignedBy(note, keys))
      ? { what, result: 'holds', says: `The root is signed for the log ${origin} (Ed25519).` }
      : { what, result: 'fails', says: 'The root is not signed by the keys that the proof names.' };
  } catch {
    return { what, result: 'open', says: 'This browser cannot check signatures by Ed25519.' };
  }
}

function checkKey({ keys }: EntryProof, key: string | null): Check {
  const what = 'The key';
  const named = keys.map(({ text }) => text).join(' and ');
  if (key === null)
    return { what, result: 'open', says: `It came from this server: ${named}. Compare it with one that you keep.` };
  return keys.some(({ text }) => text === key)
    ? { what, result: 'holds', says: 'It is the one that you keep.' }
    : { what, result: 'fails', says: `It is not the one that you keep. The proof has ${named}.` };
}
