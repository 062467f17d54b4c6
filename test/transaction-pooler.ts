import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import pg, { type ClientConfig } from 'pg';

export interface TransactionPooler {
  /** The server's connection, led through the pooler. */
  readonly connection: ClientConfig;
  stop(): Promise<void>;
}

/** Messages of the PostgreSQL protocol: a type, the length of the rest, and the rest. */
const authenticationOk = Buffer.from('R\0\0\0\x08\0\0\0\0', 'latin1');
const readyOutsideTransaction = Buffer.from('Z\0\0\0\x05I', 'latin1');
const terminate = Buffer.from('X\0\0\0\x04', 'latin1');

/**
 * A stand-in for PgBouncer in transaction mode: a client has one of `poolSize` connections to the server as long as its
 * transaction lasts. Asks for no password, and expects each request in one piece.
 */
export async function startTransactionPooler(
  server: ClientConfig,
  { poolSize, lendFirst }: { poolSize: number; lendFirst: 'newest' | 'oldest' },
): Promise<TransactionPooler> {
  const idle = await Promise.all(Array.from({ length: poolSize }, () => signIn(server)));
  const lent = new Map<Socket, Socket>();
  const sockets = new Set<Socket>(idle);

  function lendTo(client: Socket): Socket {
    const backend = lendFirst === 'newest' ? idle.pop() : idle.shift();
    if (!backend) throw new Error('every connection of the pool is lent');
    lent.set(client, backend);
    backend.removeAllListeners('data').on('data', (answer: Buffer) => {
      if (answer.subarray(-readyOutsideTransaction.length).equals(readyOutsideTransaction)) {
        lent.delete(client);
        idle.push(backend);
      }
      client.write(answer);
    });
    return backend;
  }

  const pooler = createServer(client => {
    sockets.add(client);
    client.once('data', () => {
      client.write(Buffer.concat([authenticationOk, readyOutsideTransaction]));
      client.on('data', request => {
        if (request.equals(terminate)) client.end();
        else (lent.get(client) ?? lendTo(client)).write(request);
      });
    });
  });
  await once(pooler.listen(0, '127.0.0.1'), 'listening');
  return {
    connection: { ...server, host: '127.0.0.1', port: (pooler.address() as AddressInfo).port },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await once(pooler.close(), 'close');
    },
  };
}

/** Signs in with `pg`, then keeps its socket and takes no further part in the conversation. */
async function signIn(server: ClientConfig): Promise<Socket> {
  const socket = new Socket();
  const client = new pg.Client({ ...server, stream: () => socket });
  client.on('error', () => {});
  await client.connect();
  return socket.removeAllListeners('data');
}
