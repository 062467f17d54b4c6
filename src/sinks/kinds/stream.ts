import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { z } from 'zod';
import { lineOf, sinkFormat } from '../formats/lines.ts';
import type { Receiver, SinkDelivery, SinkPlace } from '../sink.ts';
import { troubleDelivery } from '../trouble.ts';

const stdoutSettings = z.strictObject({ format: sinkFormat });
const fileSettings = z.strictObject({ format: sinkFormat, path: z.string() });

const batchMax = 1_000;

/** Prints entries on a stream of this process, a line each. Taken means that the stream has handed them on. */
export function openStdout(out: Writable, sink: SinkPlace): Receiver {
  const { format } = stdoutSettings.parse(sink.settings);
  return lines(sink, format, async (text, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => reject(new Error('nobody reads')), { once: true });
    out.write(text, error => (error ? reject(error) : resolve()));
    return promise;
  });
}

/** Appends entries to a file, a line each. Taken means that they are on the disk. A file that was moved away is made anew. */
export function openFile(sink: SinkPlace): Receiver {
  const { format, path } = fileSettings.parse(sink.settings);
  return lines(sink, format, async text => {
    const file = await open(path, 'a', 0o600);
    try {
      await file.appendFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
  });
}

function lines(
  { owner }: SinkPlace,
  format: 'json' | 'ocsf',
  write: (text: string, signal: AbortSignal) => Promise<void>,
): Receiver {
  return {
    batchMax,
    looksBeforeRepeating: false,
    wants: ({ kind }) => format === 'json' || kind !== 'intent',
    async deliver(records, { signal }): Promise<SinkDelivery> {
      try {
        await write(records.map(record => `${lineOf(record, owner, format)}\n`).join(''), signal);
        return { taken: records.length, end: null };
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return troubleDelivery(typeof code === 'string' ? code.toLowerCase() : 'not_written');
      }
    },
    close: async () => {},
  };
}
