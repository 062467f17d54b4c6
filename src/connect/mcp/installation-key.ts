import { createHash } from 'node:crypto';
import type { RegistrationId } from '../../domain/ids.ts';

/** What Notion's MCP authorization server keeps one grant for. */
export interface McpGrantOwner {
  readonly registrationId: RegistrationId;
  readonly notionWorkspaceId: string;
  readonly notionOwnerId: string;
}

/**
 * MCP connections have this value where REST connections have Notion's `bot_id`: one UUID (RFC 9562 section 5.8) for
 * each client, workspace and person.
 */
export function installationKey({ registrationId, notionWorkspaceId, notionOwnerId }: McpGrantOwner): string {
  const text = `${registrationId}\0${notionWorkspaceId}\0${notionOwnerId}`;
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
