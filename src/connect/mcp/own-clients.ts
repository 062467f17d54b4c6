import { newId, type RegistrationId, type UserId, type WorkspaceId } from '../../domain/ids.ts';
import type { Discovery } from './discover.ts';
import type { McpParts } from './mcp-parts.ts';
import { chooseSource, type OAuthClient, registerClient } from './register-client.ts';
import type { Registrations, StoredRegistration } from './registrations.ts';

type ClientParts = Pick<McpParts, 'app' | 'fetch' | 'now' | 'seal'> & {
  readonly registrations: Pick<Registrations, 'takeUp' | 'add' | 'find'>;
};

/**
 * The client for a person's consent: the one of the connection that is to be renewed, otherwise an unused one of that
 * person, otherwise a new one. Throws the errors of `registerClient`.
 */
export async function clientForAttempt(
  { app, fetch, now, registrations, seal }: ClientParts,
  { server, resource }: Pick<Discovery, 'server' | 'resource'>,
  { userId, target }: { userId: UserId; target: WorkspaceId | null },
): Promise<StoredRegistration> {
  const { redirectUri, preRegistered } = app;
  const id = newId('reg');
  const options = { redirectUri, preRegistered, documentUrl: app.documentUrlOf(id) };
  const source = chooseSource(server, options);
  const clientId = source === 'pre_registered' ? (preRegistered?.clientId ?? null) : null;
  const wish = { userId, target, issuer: server.issuer, source, clientId, redirectUri, resource };
  const found = await registrations.takeUp(wish);
  if (found !== null) return found;
  const { secret, management, ...client } = await registerClient({ fetch, now }, server, options);
  const stored = {
    ...client,
    id,
    userId,
    // A secret from the settings is not stored, so that it can be exchanged in the settings.
    sealedSecret: secret === null || source === 'pre_registered' ? null : await seal.sealClientSecret(id, secret),
    management: management && {
      uri: management.uri,
      sealedToken: await seal.sealManagementToken(id, management.token),
    },
    redirectUri,
    resource,
    scope: null,
  };
  await registrations.add(stored);
  return stored;
}

/**
 * A stored client, ready to authenticate; null when it is gone, can no longer be opened, or is no longer the one in the
 * settings.
 */
export async function openClient(
  { app, registrations, seal }: Pick<ClientParts, 'app' | 'registrations' | 'seal'>,
  id: RegistrationId,
): Promise<(OAuthClient & { readonly resource: string }) | null> {
  const stored = await registrations.find(id);
  if (stored === null) return null;
  const { issuer, source, clientId, authMethod, secretExpiresAt, resource, sealedSecret } = stored;
  const plain = { issuer, source, clientId, authMethod, secretExpiresAt, resource };
  if (source !== 'pre_registered') {
    if (sealedSecret === null) return { ...plain, secret: null };
    const secret = await seal.openClientSecret(id, sealedSecret).catch(() => null);
    return secret && { ...plain, secret };
  }
  const known = app.preRegistered;
  return known?.issuer === issuer && known.clientId === clientId ? { ...plain, secret: known.secret } : null;
}
