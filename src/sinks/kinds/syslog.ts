import { once } from 'node:events';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { secondMs } from '../../domain/units.ts';
import type { GuardedPlace } from '../../net/guarded-connect.ts';
import { SafeFetchError } from '../../net/safe-fetch/safe-fetch-error.ts';
import { counted, syslogMessage } from '../formats/syslog.ts';
import { sinkOnly } from '../record.ts';
import type { Receiver, SinkDelivery, SinkPlace } from '../sink.ts';
import { troubleDelivery } from '../trouble.ts';

export const syslogSettings = z.strictObject({
  host: z.hostname().or(z.ipv4()).or(z.ipv6()),
  port: z.int().min(1).max(65_535).default(6514),
  transport: z.enum(['tls', 'tcp']).default('tls').describe('`tcp` is not encrypted.'),
  only: sinkOnly,
  ca: z.string().max(100_000).optional().describe('PEM certificates to believe instead of the usual ones.'),
});

/** Messages on one connection. */
const batchMax = 200;
/** How long a receiver that has cut the connection has to let us know. */
const lookMs = 100;
/** How long the receiver has to close its end after ours: then it has read everything. */
const closeMs = 2 * secondMs;

/**
 * Sends entries as messages of RFC 5424 over TCP or TLS. Syslog has no acknowledgements. So each batch has a connection
 * of its own, and counts as accepted when that connection has ended in order. If a receiver loses entries after that,
 * it cannot be noticed.
 */
export function openSyslog(
  parts: { readonly connect: (place: GuardedPlace) => Promise<Socket>; readonly host: string },
  sink: SinkPlace,
): Receiver {
  const { host, port, transport, ca } = syslogSettings.parse(sink.settings);

  return {
    batchMax,
    looksBeforeRepeating: false,
    wants: () => true,
    async deliver(records, { signal }): Promise<SinkDelivery> {
      try {
        const socket = await parts.connect({ host, port, tls: transport === 'tls', ca });
        const messages = records.map(record => counted(syslogMessage(record, sink.owner, parts.host)));
        await sendAll(socket, Buffer.concat(messages), signal);
        return { taken: records.length, end: null };
      } catch (error) {
        const problem = error instanceof SafeFetchError ? error.problem : 'cut_off';
        return troubleDelivery(problem, { needsPerson: problem === 'forbidden' });
      }
    },
    close: async () => {},
  };
}

/**
 * Resolves when everything was sent and the connection has ended in order, or the receiver leaves its end open. A
 * receiver that ends it first has not read everything.
 */
async function sendAll(socket: Socket, bytes: Buffer, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const ended = Promise.race([once(socket, 'end', over), once(socket, 'close', over)]);
  ended.catch(() => {});
  const within = (ms: number) => once(AbortSignal.any([AbortSignal.timeout(ms), signal]), 'abort').then(() => 'late');
  try {
    socket.resume();
    socket.write(bytes);
    if (socket.writableNeedDrain) await Promise.race([once(socket, 'drain', { signal }), ended]);
    if ((await Promise.race([ended, within(lookMs)])) !== 'late') throw new Error('cut off');
    socket.end();
    await Promise.race([ended, within(closeMs)]);
    if (socket.errored !== null || signal.aborted) throw socket.errored ?? signal.reason;
  } finally {
    over.abort();
    socket.destroy();
  }
}
