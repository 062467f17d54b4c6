// Notion as far as this bench needs it: one answer of 1 kB for whatever is asked. Written on a bare socket, because on a
// machine with few processors a costly upstream would be what is measured.
import { type AddressInfo, createServer } from 'node:net';
import { childReady } from '../child.ts';
import { onePage } from './one-page.ts';

const body = JSON.stringify(onePage);
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\nx-notion-request-id: ${onePage.request_id}\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);
const headEnd = Buffer.from('\r\n\r\n');

const server = createServer({ noDelay: true }, socket => {
  socket.on('error', () => socket.destroy());
  // All requests of this bench are GETs whose head fits into one packet; each ends where its head ends.
  socket.on('data', bytes => {
    for (let at = bytes.indexOf(headEnd); at >= 0; at = bytes.indexOf(headEnd, at + headEnd.length))
      socket.write(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  childReady({ origin: `http://127.0.0.1:${port}` });
});
