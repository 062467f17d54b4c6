import { randomUUID } from 'node:crypto';
import { authorize } from '../../emulator/authorized.ts';
import { emulatorControl } from '../../emulator/control.ts';
import { authorizeMcp, MCP_CALLBACK } from '../../emulator/mcp/authorized.ts';
import type { Emulator } from '../../emulator/server.ts';
import type { Tokens } from '../../src/domain/connection.ts';
import { newId, type RegistrationId, type UserId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Database } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';

/** What a consent at the emulator came to. */
export interface Agreed {
  readonly tokens: Tokens;
  readonly botId: string;
  readonly oauthClientId: string;
  readonly registrationId: RegistrationId | null;
  /** Of hosted MCP: how the emulator's control names it. */
  readonly grantId: string;
}

/** Consent for the public integration. */
export async function agreeByRest(emulator: Emulator, personId: string | undefined): Promise<Agreed> {
  const { accessToken, refreshToken, botId } = await authorize(emulator, personId === undefined ? {} : { personId });
  const tokens = { accessToken: new Secret(accessToken), refreshToken: new Secret(refreshToken) };
  return { tokens, botId, oauthClientId: emulator.clientId, registrationId: null, grantId: '' };
}

/** Consent at the hosted MCP server, for a client of its own that is registered with `issuer`. */
export async function agreeByMcp(
  emulator: Emulator,
  { system }: Pick<Database<Schema>, 'system'>,
  { issuer, userId, personId }: { issuer: string; userId: UserId; personId: string | undefined },
): Promise<Agreed> {
  const { clientId, tokens: issued } = await authorizeMcp(emulator, personId === undefined ? {} : { personId });
  const registrationId = newId('reg');
  await system
    .insertInto('client_registration')
    .values({
      id: registrationId,
      user_id: userId,
      issuer,
      source: 'dynamic',
      client_id: clientId,
      auth_method: 'none',
      sealed_secret: null,
      secret_expires_at: null,
      redirect_uri: MCP_CALLBACK,
      resource: emulator.mcpUrl,
      scope: issued.scope,
    })
    .execute();
  const grants = await emulatorControl(emulator.url, emulator.controlToken).mcpGrants();
  const grantId = grants.find(grant => grant.clientId === clientId)?.id ?? '';
  const tokens = { accessToken: new Secret(issued.access_token), refreshToken: new Secret(issued.refresh_token) };
  return { tokens, botId: randomUUID(), oauthClientId: clientId, registrationId, grantId };
}
