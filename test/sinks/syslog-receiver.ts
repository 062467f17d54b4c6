import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { loopbackCertificate } from '../net/loopback-certificate.ts';

/** A receiver of syslog on a socket: reads messages by their counts, as RFC 6587 says. */
export async function startSyslogReceiver({ tls = false } = {}) {
  const messages: string[] = [];
  const behaviour = { reads: true };
  const take = (socket: Socket) => {
    let rest = Buffer.alloc(0);
    socket.on('error', () => {});
    if (!behaviour.reads) {
      socket.destroy();
      return;
    }
    socket.on('data', chunk => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const [head, digits = ''] = /^(\d+) /.exec(rest.toString('latin1', 0, 12)) ?? [];
        if (head === undefined || rest.length < head.length + Number(digits)) return;
        messages.push(rest.toString('utf8', head.length, head.length + Number(digits)));
        rest = rest.subarray(head.length + Number(digits));
      }
    });
  };
  const server = tls ? createTlsServer(loopbackCertificate, take) : createServer(take);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    messages,
    behaviour,
    /** Entries that came, by the JSON at their ends. */
    entries: () => messages.map(message => JSON.parse(/\] (\{.*\})$/s.exec(message)?.[1] ?? 'null')),
    close: () => new Promise(resolve => server.close(resolve)),
  };
}
