import { lineBytesMax } from './bundle-lines.ts';

/** A line of a file without its line feed. `whole` is false for the text after the last line feed. */
export interface Line {
  readonly bytes: Buffer;
  readonly whole: boolean;
}

/**
 * Cuts a file into lines, in memory for one line and one piece. The bytes of a line are valid until the next one is
 * requested. A line that is too long is cut and marked as not whole; it is the last one.
 */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      lines.push({ bytes: bytes.subarray(start, end), whole: true });
      start = end + 1;
    }
    rest = Buffer.from(bytes.subarray(start));
    yield lines;
    if (rest.length > lineBytesMax) break;
  }
  if (rest.length > 0) yield [{ bytes: rest, whole: false }];
}
