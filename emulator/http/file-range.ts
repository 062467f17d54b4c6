import type { Answer } from './answer.ts';
import { xml } from './file-error.ts';

/** The part of a file that a `Range` names, or all of it for what is no single range of bytes. */
export function partOf(
  bytes: Buffer,
  contentType: string,
  headers: Record<string, string>,
  range: string | undefined,
): Answer {
  const [matched, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (matched === undefined || from + to === '') return { status: 200, contentType, body: bytes, headers };
  const end = bytes.length - 1;
  const first = from === '' ? Math.max(0, bytes.length - Number(to)) : Number(from);
  const last = from === '' || to === '' ? end : Math.min(Number(to), end);
  if (first > last) {
    const body = xml('InvalidRange', 'The requested range is not satisfiable');
    const unsatisfied = { 'content-range': `bytes */${bytes.length}` };
    return { status: 416, contentType: 'application/xml', body, headers: unsatisfied };
  }
  const part = { ...headers, 'content-range': `bytes ${first}-${last}/${bytes.length}` };
  return { status: 206, contentType, body: bytes.subarray(first, last + 1), headers: part };
}
