import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { PortcullisError } from '../../src/domain/errors.ts';
import { type WebhookDoorParts, webhookDoor } from '../../src/doors/webhooks/webhook-door.ts';
import { createClientAddress } from '../../src/net/client-address.ts';

export interface OpenDoor {
  /** The address of a subscription. */
  readonly url: string;
  close(): Promise<void>;
}

/** The webhook door alone, on a socket, with what a test puts behind it. */
export async function openDoor(parts: Pick<WebhookDoorParts, 'receive' | 'bodyMsMax'>): Promise<OpenDoor> {
  const app = fastify();
  const gateway = async () => {
    throw new PortcullisError('unauthorized');
  };
  await app.register(webhookDoor({ ...parts, gateway, clientAddress: createClientAddress([]) }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/webhooks/notion/${'A'.repeat(43)}`, close: () => app.close() };
}
