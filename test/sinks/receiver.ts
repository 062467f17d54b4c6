import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An entry as a webhook receiver is given it. */
export interface TakenEntry {
  readonly index: number;
  readonly entry: { readonly id: string; readonly operation: string; readonly detail?: Record<string, unknown> };
}

export interface TakenBatch {
  readonly id: string;
  readonly isSigned: boolean;
  readonly entries: readonly TakenEntry[];
  /** In OCSF. */
  readonly events: readonly { readonly class_uid: number }[];
}

/** A receiver on a socket. `answer` decides its answer to a request: a status, or no answer for ever. */
export async function startSinkReceiver(secretOf: () => string) {
  const batches: TakenBatch[] = [];
  const behaviour = { answer: (_batch: TakenBatch, response: ServerResponse): void => taken(response) };
  let attempts = 0;
  const server = createServer(async (request, response) => {
    attempts += 1;
    const body = await bodyOf(request);
    const id = String(request.headers['webhook-id']);
    const { entries = [], events = [] } = JSON.parse(body).data;
    const batch = { id, isSigned: isSigned(request, body, secretOf()), entries, events };
    response.once('finish', () => {
      if (response.statusCode < 300) batches.push(batch);
    });
    behaviour.answer(batch, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/log`,
    batches,
    behaviour,
    attempts: () => attempts,
    /** Indexes in the order in which they came. */
    indexes: () => batches.flatMap(({ entries }) => entries.map(({ index }) => index)),
    operations: () => batches.flatMap(({ entries }) => entries.map(({ entry }) => entry.operation)),
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export function taken(response: ServerResponse): void {
  response.writeHead(204).end();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

/** As Standard Webhooks 1.0.0 says it, written again. */
function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
