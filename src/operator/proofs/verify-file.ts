import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { lineBytesMax } from '../../audit/proof/bundle-lines.ts';
import { looksLikeProof, verifyProof } from '../../audit/proof/entry-proof.ts';
import type { Trust, Verdict } from '../../audit/proof/verdict.ts';
import { verifyBundle, type Watching } from '../../audit/proof/verify-bundle.ts';

/** Bytes that are read at once: few enough to need little memory, many enough to need few calls. */
const pieceBytes = 1024 * 1024;

/** Verifies a bundle or the proof of one entry. Throws what the file system throws. */
export async function verifyFile(path: string, trust: Trust, watching: Watching = {}): Promise<Verdict> {
  if (looksLikeProof(await startOf(path))) return verifyProof(await readFile(path), trust);
  return verifyBundle(createReadStream(path, { highWaterMark: pieceBytes }), trust, watching);
}

/** A checkpoint, as it was kept. */
export function readCheckpoint(path: string): Promise<string> {
  return readFile(path, 'utf8').then(text => text.slice(0, lineBytesMax));
}

/**
 * Whether a newer bundle continues an older bundle or a kept checkpoint. Each is verified by itself. Returns the
 * findings for each bundle, the older first.
 */
export async function verifyConsistency(
  paths: { readonly older: string; readonly newer: string },
  key: Trust['key'],
): Promise<readonly { readonly path: string; readonly verdict: Verdict }[]> {
  const { older, newer } = paths;
  if (!(await startOf(older)).startsWith('{')) {
    const against = await readCheckpoint(older);
    return [{ path: newer, verdict: await verifyFile(newer, { key, against }) }];
  }
  const first = await verifyFile(older, { key, against: null });
  // Without a checkpoint in the older one there is nothing to compare with, so the check fails.
  const second = await verifyFile(newer, { key, against: first.checkpoint ?? '' });
  return [
    { path: older, verdict: first },
    { path: newer, verdict: second },
  ];
}

async function startOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
