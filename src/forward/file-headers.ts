import { create } from 'content-disposition';
import type { Answer } from '../domain/operation.ts';
import { fileNameOf } from '../notion/file-name.ts';

/** Types that a browser may show in place: they hold no script, and none that could load anything. */
const shownInPlace =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon)|(?:audio|video)\/[a-z0-9.+-]+|text\/plain)$/;

/**
 * A hosted file as it may stand on our origin: under its own name (RFC 6266), saved instead of shown unless its type is one
 * that can do nothing. The name comes from Notion's URL, never from the address that was asked for.
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
