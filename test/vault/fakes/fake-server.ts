import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a fake answers with: a status, and an object as JSON. */
export interface FakeAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Record<string, string>;
}

/** A server on loopback that stands for a key service. Not the service: only what its documentation says of two requests. */
export interface FakeServer {
  readonly url: string;
  /** How many requests came. */
  count(): number;
  close(): Promise<void>;
}

export async function startFake(
  answer: (request: IncomingMessage, body: string) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakeServer> {
  let count = 0;
  const server = createServer(async (request, response) => {
    count += 1;
    const body = Buffer.concat(await request.toArray()).toString();
    const { status, body: json, headers = {} } = await answer(request, body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A key inside a fake: AES-256-GCM with additional data, as all three services have it. */
export class FakeKey {
  readonly #bytes = randomBytes(32);

  seal(plaintext: Uint8Array, aad: string): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#bytes, iv, { authTagLength: 16 }).setAAD(Buffer.from(aad));
    return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  /** Null for everything that was not sealed here with the same additional data. */
  open(sealed: Buffer, aad: string): Buffer | null {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#bytes, sealed.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(-16));
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    } catch {
      return null;
    }
  }
}
