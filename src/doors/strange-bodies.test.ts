import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { until } from '../../test/until.ts';
import { PortcullisError } from '../domain/errors.ts';
import { createStrangeBodies } from './strange-bodies.ts';

describe('bodies of strangers', () => {
  const heldMax = 64 * 1024;
  let server: Server;
  let unfinished = 0;
  const endings: string[] = [];
  const readBody = createStrangeBodies({ bytesMax: 32 * 1024, heldMax });
  before(async () => {
    server = createServer(async (request, response) => {
      unfinished++;
      const status = await readBody(request, String(request.headers['x-address'])).then(
        body => body.length,
        error => (error instanceof PortcullisError ? error.status : 0),
      );
      unfinished--;
      endings.push(String(status));
      response.writeHead(200, { 'x-read': String(status), connection: 'close' }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  function begin(address: string, bytes: number): Socket {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    const head = `POST / HTTP/1.1\r\nhost: x\r\nx-address: ${address}\r\ncontent-length: ${bytes + 1}\r\n\r\n`;
    socket.write(head + 'x'.repeat(bytes));
    return socket;
  }
  const read = async (socket: Socket) => /x-read: (\d+)/.exec(String((await once(socket, 'data'))[0]))?.[1];

  it('are held up to so many bytes for an address, and in all; what they held is free when they end', async () => {
    const held = [begin('one', 30_000), begin('two', 30_000)];
    await until('both are being read', () => unfinished === 2);
    assert.equal(await read(begin('one', 30_000)), '429', 'one address has half of it');
    assert.equal(await read(begin('three', 30_000)), '429', 'and all of them no more than all');
    const small = begin('three', 100);
    small.write('x');
    assert.equal(await read(small), '101');
    for (const socket of held) socket.destroy();
    await until('they have ended', () => unfinished === 0);
    const again = begin('one', 30_000);
    again.write('x');
    assert.equal(await read(again), '30001');
  });

  it('that say, or show, that they are too large are refused', async () => {
    assert.equal(await read(begin('one', 40_000)), '413');
  });
});
