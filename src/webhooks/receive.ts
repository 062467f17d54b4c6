import { Secret } from '../domain/secret.ts';
import { nullIfUnopenable } from '../domain/unopenable-error.ts';
import { parseStrictJson } from '../notion/strict-json.ts';
import { readHandshake, readWebhookEvent } from '../notion/webhook-events.ts';
import type { Delivery, Receipt, ReceiveParts } from './delivery.ts';
import { takeHandshake } from './handshake.ts';
import type { Listening } from './listening.ts';
import { isSignedWith } from './signature.ts';
import { takeEvent } from './take-event.ts';

/** Takes what arrives at webhook addresses. Throws when something cannot be made durable: then Notion sends it again. */
export function createReceive(parts: ReceiveParts) {
  return async function receive(delivery: Delivery): Promise<Receipt> {
    const listening = await parts.store.find(delivery.address);
    if (listening === null) return 'unproven';
    const sealed = listening.token;
    const token = sealed && (await parts.vault.open(listening, sealed).catch(nullIfUnopenable));
    if (sealed !== null && token === null) return reportUnopenable(parts, listening);
    const signed = token !== null && isSignedWith(token, delivery.body, delivery.signature);
    const json = parseStrictJson(delivery.body);
    if (json === null) return 'unproven';
    const offered = readHandshake(json);
    if (offered !== null) return takeHandshake(parts, listening, token, new Secret(offered), delivery);
    const event = signed ? readWebhookEvent(json) : null;
    return event === null ? 'unproven' : takeEvent(parts, listening, event, delivery);
  };
}

/** Without the token nothing can be proved. It may open again, with a key that was missing: so the state stays. */
async function reportUnopenable({ countEvent }: ReceiveParts, { owner, subscriptionId }: Listening): Promise<Receipt> {
  await countEvent({
    name: 'webhook.undecryptable',
    workspaceId: owner,
    principalId: null,
    result: 'error',
    detail: { subscription: subscriptionId },
  });
  return 'unproven';
}
