import type { Readable } from 'node:stream';
import type { Answer } from '../../domain/operation.ts';

/** The answer of a route that is a file, and not a value: it is sent while it is made. */
export class Download {
  readonly name: string;
  readonly contentType: string;
  readonly body: Readable;

  /** `name` is a plain word with an extension: no character of it needs escaping. */
  constructor(name: string, contentType: string, body: Readable) {
    this.name = name;
    this.contentType = contentType;
    this.body = body;
  }
}

/** Never shown in our own origin: a browser saves it. */
export function downloadAnswer({ name, contentType, body }: Download): Answer {
  const headers = {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
  };
  return { status: 200, headers, body };
}
