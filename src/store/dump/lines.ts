const newline = 0x0a;

/** Cuts a stream of bytes after each newline. What follows the last newline is not a line, and is dropped. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      yield Buffer.concat([...pending, chunk.subarray(start, end + 1)]);
      pending = [];
      start = end + 1;
    }
    pending.push(chunk.subarray(start));
  }
}
