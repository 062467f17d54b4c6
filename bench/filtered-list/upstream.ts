// Notion as far as this bench needs it: a list of a hundred rows for every search, and what they stand in.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { childReady } from '../child.ts';
import { onePage } from '../rest-door/one-page.ts';
import { containers, hundredRows } from './hundred-rows.ts';

const list = Buffer.from(JSON.stringify(hundredRows));
const token = Buffer.from(
  JSON.stringify({
    ...{ access_token: 'ntn_bench', token_type: 'bearer', refresh_token: null, workspace_icon: null },
    ...{ bot_id: 'b1d2f0a3-0c1e-4d3b-8a52-6f0e9b7c1a11', workspace_id: '0d2f1c3e-5b6a-4f7d-9e8c-1a2b3c4d5e6f' },
    ...{ workspace_name: 'Bench', owner: { type: 'workspace', workspace: true } },
  }),
);
const missing = Buffer.from(
  JSON.stringify({ object: 'error', status: 404, code: 'object_not_found', message: 'Could not find it.' }),
);

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const container = containers[request.url ?? ''];
    const found = container === undefined ? bodyAt(request.url ?? '') : Buffer.from(JSON.stringify(container));
    const body = found ?? missing;
    const headers = {
      ...{ 'content-type': 'application/json; charset=utf-8', 'content-length': body.length },
      'x-notion-request-id': onePage.request_id,
    };
    response.writeHead(found === null ? 404 : 200, headers).end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  childReady({ origin: `http://127.0.0.1:${port}` });
});

function bodyAt(path: string): Buffer | null {
  if (path === '/v1/search') return list;
  return path === '/v1/oauth/token' ? token : null;
}
