/** So many bytes that the name, percent-encoded, is still one that every file system takes (255 bytes). */
const bytesMax = 80;
/** A longer end of a name is no extension. */
const extensionBytesMax = 16;

/** Controls, marks that turn the direction of text around, and signs that separate names or that Windows refuses. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\/<>:"|?*]/gu;

const characters = new Intl.Segmenter();

/**
 * The name of a hosted file, from the end of its URL: safe in a path, in a header and on a disk. A name that is too
 * long keeps its extension.
 */
export function fileNameOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  const last = path.slice(path.lastIndexOf('/') + 1);
  const name = decoded(last)
    .toWellFormed()
    .normalize('NFC')
    .replace(unsafe, '')
    .replace(/^[.\s]+|[.\s]+$/gu, '');
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && bytesOf(name.slice(dot)) <= extensionBytesMax ? name.slice(dot) : '';
  const stem = name.slice(0, name.length - extension.length);
  return `${shortened(stem, bytesMax - bytesOf(extension)) || 'file'}${extension}`;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Whole characters only: half a character has no meaning. */
function shortened(text: string, max: number): string {
  if (bytesOf(text) <= max) return text;
  let kept = '';
  let bytes = 0;
  for (const { segment } of characters.segment(text)) {
    bytes += bytesOf(segment);
    if (bytes > max) break;
    kept += segment;
  }
  return kept.trimEnd();
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
