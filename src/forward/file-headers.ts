import { create } from 'content-disposition';
import type { Answer } from '../domain/operation.ts';
import { fileNameOf } from '../notion/file-name.ts';

/** Types that a browser may show inline: they hold no script, and cannot load a script. */
const shownInPlace =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon)|(?:audio|video)\/[a-z0-9.+-]+|text\/plain)$/;

/**
 * Headers that make a hosted file safe on our origin: with its own name (RFC 6266), and saved instead of shown unless
 * its type is harmless. The name comes from Notion's URL, never from the requested address.
 */
export function fileHeaders({ headers }: Answer, url: string): Record<string, string> {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const disposition = shownInPlace.test(type) ? 'inline' : 'attachment';
  return {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    ...headers,
    'content-disposition': create(fileNameOf(url), { type: disposition }),
  };
}
