import { z } from 'zod';
import type { Said } from '../../domain/token-outcomes.ts';
import type { InstallationNames } from '../disconnections.ts';
import { nameIn, type OAuthResponse, parseJson } from '../oauth-response.ts';
import { type InstallationOwner, installationOwner } from './installation-owner.ts';

/** The owner of a token (Notion, "Retrieve your token's bot user"). */
export interface TokenIdentity extends InstallationNames {
  /** As Notion spells it: hostile text. Null when it does not say. */
  readonly workspaceName: string | null;
  /** The person that it acts for; null for an integration that the workspace owns. */
  readonly owner: InstallationOwner | null;
}

const uuid = z.guid().transform(id => id.toLowerCase());

const self = z.object({
  object: z.literal('user'),
  id: uuid,
  type: z.literal('bot'),
  bot: z.object({
    workspace_id: uuid,
    workspace_name: z.string().nullish().catch(null),
    owner: installationOwner,
  }),
});

/**
 * Judges an answer to `GET /v1/users/me`. `dead`: Notion does not know the token (any more). `unclear`: it was not
 * asked, or gave an answer that names no workspace.
 */
export function readTokenIdentity({ status, text }: OAuthResponse): TokenIdentity | Extract<Said, 'dead' | 'unclear'> {
  if (status === 401) return 'dead';
  const parsed = self.safeParse(parseJson(text));
  if (status !== 200 || !parsed.success) return 'unclear';
  const { id: botId, bot } = parsed.data;
  return {
    botId,
    notionWorkspaceId: bot.workspace_id,
    workspaceName: nameIn(bot.workspace_name),
    owner: bot.owner,
  };
}
