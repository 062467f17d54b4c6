import type { HashCredential } from '../domain/credential-hash.ts';
import { PortcullisError } from '../domain/errors.ts';
import { isId } from '../domain/ids.ts';
import { networkOf } from '../domain/network-of.ts';
import { hourMs, minuteMs } from '../domain/units.ts';
import { createSafeFetch } from '../net/safe-fetch/safe-fetch.ts';
import { createAuthorizationServer } from '../oauth-server/authorization-server.ts';
import { clientMetadata } from '../oauth-server/client-metadata.ts';
import { createConsents } from '../oauth-server/consents.ts';
import type { Foundation } from './foundation.ts';
import type { Audit } from './open-audit.ts';

/** Clients that may register themselves from one network in an hour. */
const registrationsMax = 30;

/** The authorization server for MCP clients. */
export function openOAuthServer(place: Foundation, { trail }: Audit, hashCredential: HashCredential) {
  const { stores, publicUrl, deriveKey, config, log, now, closers } = place;
  const records = stores.oauthRecords;
  const { fetch, close } = createSafeFetch({ allowLoopbackHttp: config.notion.dangerouslyAllowLoopbackHttp });
  closers.push(close);
  const protocol = createAuthorizationServer({
    publicUrl,
    records,
    hashCredential,
    deriveKey,
    fetchDocument: (url, { signal }) => fetch(url, { signal }),
    isResource: resource => isResource(publicUrl, resource),
    drawProblem: () =>
      '<!doctype html><html lang="en"><title>Portcullis</title><h1>This request to sign in cannot be answered</h1>' +
      '<p>The program that sent you here asked for something that Portcullis does not allow. Go back to it, and connect again.</p>',
    onEnded: ({ id, workspaceId, userId }) => {
      const event = { name: 'consent.ended', workspaceId, principalId: userId, result: 'success' } as const;
      trail
        .recordEvent({ ...event, detail: { consent: id } })
        .catch(err => log.warn({ err }, 'the end of a consent could not be logged'));
    },
    now,
  });
  if (place.background) {
    const sweeping = setInterval(() => {
      records.removeExpired(now()).catch(err => log.warn({ err }, 'expired tokens could not be removed; trying again'));
    }, 10 * minuteMs);
    closers.push(async () => clearInterval(sweeping));
  }
  const consents = createConsents({
    store: stores.consents,
    keepClient: (clientId, until) => records.keepClient(hashCredential('oauth_record', clientId), until),
    now,
  });
  return {
    protocol,
    consents: {
      ...consents,
      async give(...given: Parameters<typeof consents.give>) {
        const consent = await consents.give(...given);
        const { id, workspaceId, userId, principalId, under, ceiling } = consent;
        await trail.recordEvent({
          name: 'consent.given',
          workspaceId,
          principalId: userId,
          result: 'success',
          detail: { consent: id, as: principalId, pages: under?.length ?? null, reading: !ceiling.includes('update') },
        });
        return consent;
      },
    },
    async register(given: Record<string, unknown>, address: string) {
      const network = networkOf(address);
      const since = new Date(now().getTime() - hourMs);
      if ((await records.registeredSince(network, since)) >= registrationsMax)
        throw new PortcullisError('rate_limited');
      const metadata = clientMetadata(given);
      return metadata && { ...metadata, registered_from: network };
    },
  };
}

/** Where MCP is served, as a resource that tokens are for (RFC 8707). */
function isResource(publicUrl: string, resource: string): boolean {
  if (resource === `${publicUrl}/mcp`) return true;
  const workspace = resource.startsWith(`${publicUrl}/w/`) ? resource.slice(publicUrl.length + 3, -4) : null;
  return resource.endsWith('/mcp') && isId('wsp', workspace);
}
