// Notion as far as this bench needs it: one answer of 1 kB to every request. Written on a bare socket, because on a
// machine with few processors a slow upstream would be measured instead.
import { type AddressInfo, createServer } from 'node:net';
import { childReady } from '../child.ts';
import { onePage } from './one-page.ts';

/** What the exchange of an authorization code is answered with. */
const installation = {
  access_token: 'ntn_bench',
  token_type: 'bearer',
  refresh_token: null,
  bot_id: 'b1d2f0a3-0c1e-4d3b-8a52-6f0e9b7c1a11',
  workspace_id: '0d2f1c3e-5b6a-4f7d-9e8c-1a2b3c4d5e6f',
  workspace_name: 'Bench',
  workspace_icon: null,
  owner: { type: 'workspace', workspace: true },
};

const page = answer(onePage);
const token = answer(installation);
const headEnd = Buffer.from('\r\n\r\n');

const server = createServer({ noDelay: true }, socket => {
  socket.on('error', () => socket.destroy());
  // Every request fits into one packet. Each ends at the end of its head; the body of the one request that has one is
  // ignored.
  socket.on('data', bytes => {
    const content = bytes.toString('latin1', 0, 20).startsWith('POST /v1/oauth/token') ? token : page;
    for (let at = bytes.indexOf(headEnd); at >= 0; at = bytes.indexOf(headEnd, at + headEnd.length))
      socket.write(content);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  childReady({ origin: `http://127.0.0.1:${port}` });
});

function answer(value: object): Buffer {
  const body = JSON.stringify(value);
  const head = [
    'HTTP/1.1 200 OK',
    'content-type: application/json; charset=utf-8',
    `x-notion-request-id: ${onePage.request_id}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
