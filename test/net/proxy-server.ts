import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { loopbackCertificate } from './loopback-certificate.ts';

/** An HTTP proxy on loopback that makes tunnels (RFC 9110 section 9.3.6), and remembers which were asked for. */
export async function startProxy({ credentials = null as string | null, status = 200 } = {}) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => void response.writeHead(405).end());
  server.on('connection', socket => void sockets.add(socket));
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push(request.url ?? '');
    const given = request.headers['proxy-authorization'] ?? null;
    const wanted = credentials === null ? null : `Basic ${Buffer.from(credentials).toString('base64')}`;
    const answer = given === wanted ? status : 407;
    if (answer !== 200) return void client.end(`HTTP/1.1 ${answer} No\r\ncontent-length: 0\r\n\r\n`);
    const port = Number(request.url?.split(':').at(-1));
    // Names below `.localhost` stand for hosts that only the proxy can find.
    const upstream = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 Connected\r\n\r\n'));
    sockets.add(upstream);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream])
      socket.on('error', () => void client.destroy(upstream.destroy().errored ?? undefined));
  });
  const port = await listening(server);
  return {
    asked,
    url: `http://${credentials === null ? '' : `${credentials}@`}127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** TLS in front of a plain server on loopback: answers with the port. */
export async function startTls(plainPort: number) {
  const sockets = new Set<Socket>();
  const server = createTlsServer(loopbackCertificate, client => {
    const upstream = connect(plainPort, '127.0.0.1');
    for (const socket of [client, upstream]) sockets.add(socket);
    for (const socket of [client, upstream])
      socket.on('error', () => void client.destroy(upstream.destroy().errored ?? undefined));
    client.pipe(upstream).pipe(client);
  });
  const port = await listening(server);
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

async function listening(
  server: ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>,
): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
