import type { PartialUserObjectResponse, UserObjectResponse } from '@notionhq/client';
import type { Call } from '../http/route.ts';
import type { Installation } from '../world/connections.ts';
import type { Person } from '../world/records.ts';

const FREE_UPLOAD_BYTES = 5 * 1024 * 1024;
const PAID_UPLOAD_BYTES = 5 * 1024 * 1024 * 1024;

export function partialUser(id: string): PartialUserObjectResponse {
  return { object: 'user', id };
}

/** A person as the caller may see them: the address only with the "user information with email" capability. */
export function personObject(call: Call, person: Person): UserObjectResponse {
  return {
    object: 'user',
    id: person.id,
    name: person.name,
    avatar_url: person.avatarUrl,
    type: 'person',
    person: call.caller.capabilities.user_information === 'with_email' ? address(person) : {},
  };
}

/** A connection's own user. */
export function botObject(call: Call, bot: Installation): UserObjectResponse {
  const workspace = call.world.workspaces.get(bot.workspaceId);
  const owner = bot.userId === null ? undefined : call.world.people.get(bot.userId);
  const bytes = workspace?.plan === 'free' ? FREE_UPLOAD_BYTES : PAID_UPLOAD_BYTES;
  return {
    object: 'user',
    id: bot.botId,
    name: bot.name,
    avatar_url: null,
    type: 'bot',
    bot: {
      owner: owner === undefined ? { type: 'workspace', workspace: true } : { type: 'user', user: ownerObject(owner) },
      workspace_id: bot.workspaceId,
      workspace_limits: { max_file_upload_size_in_bytes: bytes },
      workspace_name: workspace?.name ?? null,
    },
  };
}

/** The person who authorised a connection, with their address: it is their own. */
export function ownerObject(person: Person) {
  return {
    object: 'user' as const,
    id: person.id,
    name: person.name,
    avatar_url: person.avatarUrl,
    type: 'person' as const,
    person: address(person),
  };
}

/** Recorded: `email_verified`, which the official types do not have yet, stands beside the address. */
function address({ email }: Person) {
  return { email, email_verified: true };
}

/** The full user where the caller may have it, else the reference that Notion leaves in its place. */
export function userReference(call: Call, id: string): UserObjectResponse | PartialUserObjectResponse {
  if (call.caller.capabilities.user_information === 'none') return partialUser(id);
  const person = call.world.people.get(id);
  if (person !== undefined) return personObject(call, person);
  const bot = call.world.connections.installations.get(id);
  return bot === undefined ? partialUser(id) : botObject(call, bot);
}
