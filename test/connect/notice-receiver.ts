import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Secret } from '../../src/domain/secret.ts';
import { root } from '../tidy/source.ts';

/** What arrived, and whether its signature was valid. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, string | null>>;
}

type Verify = (secret: string, headers: IncomingHttpHeaders, body: string) => boolean;

/** The code that `docs/notices.md` gives to receivers, run as it stands there. */
async function documentedVerification(): Promise<Verify> {
  const page = await readFile(join(root, 'docs/notices.md'), 'utf8');
  const [, code = ''] = /^```js receiver\n(.*?)^```$/ms.exec(page) ?? [];
  const { isFromPortcullis } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return isFromPortcullis;
}

export const noticeSecret = new Secret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);

/** The owner's system: takes what is signed, and records it. `answer` may answer otherwise, or not at all. */
export async function startReceiver(port = 0) {
  const verify = await documentedVerification();
  const taken: Received[] = [];
  const bodies: string[] = [];
  const behaviour = { answer: (response: ServerResponse) => void response.writeHead(204).end() };
  let attempts = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    attempts += 1;
    if (request.method !== 'POST' || !verify(noticeSecret.reveal(), request.headers, body)) {
      response.writeHead(401).end();
      return;
    }
    response.once('finish', () => {
      if (response.statusCode >= 300) return;
      bodies.push(body);
      taken.push(JSON.parse(body));
    });
    behaviour.answer(response);
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  const { port: at } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${at}/portcullis`,
    port: at,
    taken,
    bodies,
    behaviour,
    attempts: () => attempts,
    /** `workspace_deauthorized needs_reauth invalid_grant`, in the order in which they came. */
    lines: () => taken.map(({ type, data }) => [type, data.connectionStatus, data.reason].join(' ').trim()),
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
