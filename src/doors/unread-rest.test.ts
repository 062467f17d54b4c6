import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { it } from 'node:test';
import { cutUnreadRest } from './unread-rest.ts';

it('the rest of a body that nobody reads leaves nothing behind on its connection', async () => {
  const listeners: number[] = [];
  const server = createServer((request, response) => {
    listeners.push(request.socket.listenerCount('close'));
    cutUnreadRest(request, response);
    response.end('no');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  for (let call = 0; call < 4; call++) {
    client.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 8\r\n\r\nhalf');
    await once(client, 'data');
    client.write('rest');
  }
  client.destroy();
  server.close();
  assert.deepEqual(new Set(listeners), new Set([listeners[0]]));
});
