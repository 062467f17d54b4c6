import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { capConnections } from './connections.ts';

describe('connections', () => {
  let server: Server;
  let warnings: string[];
  const clients: Socket[] = [];
  beforeEach(async () => {
    warnings = [];
    server = createServer((_request, response) => response.end('served'));
    capConnections(server, { warn: (_fields: object | string, text?: string) => warnings.push(text ?? '') }, limits);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
    server.closeAllConnections();
    server.close();
  });

  const limits = { all: 4, address: 3 };

  /** Whether a client that connects from this address is served. */
  async function isServed(localAddress: string): Promise<boolean> {
    const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, localAddress });
    clients.push(client.on('error', () => {}));
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const [first] = await Promise.race([once(client, 'data'), once(client, 'close')]);
    return Buffer.isBuffer(first);
  }

  it('are so many from one address, and in all; what is too many is closed, and said once', async () => {
    for (let count = 0; count < limits.address; count++) assert.ok(await isServed('127.0.0.1'));
    assert.equal(await isServed('127.0.0.1'), false);
    assert.equal(await isServed('127.0.0.1'), false);
    assert.ok(await isServed('127.0.0.2'), 'another address has room');
    assert.equal(await isServed('127.0.0.3'), false, 'and all of them no more than all');
    assert.equal(warnings.length, 1);
  });

  it('that have ended leave room', async () => {
    for (let count = 0; count < limits.address; count++) assert.ok(await isServed('127.0.0.1'));
    const [first] = clients;
    const closed = new Promise<void>(resolve => server.once('request', ({ socket }) => socket.once('close', resolve)));
    // One more request on the connection, after which it is known to the test as well.
    first?.end('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await closed;
    assert.ok(await isServed('127.0.0.1'));
  });
});
