import { z } from 'zod';
import { appRefusalIn } from '../../domain/app-refusal.ts';
import type { Tokens } from '../../domain/connection.ts';
import { Secret } from '../../domain/secret.ts';
import { readLifetimeSeconds } from '../../domain/token-lifetime.ts';
import type { TokenAnswer } from '../../domain/token-outcomes.ts';
import { faultIn, nameIn, type OAuthResponse, parseJson, troubleAnswer, unusableAnswer } from '../oauth-response.ts';
import { type InstallationOwner, installationOwner } from './installation-owner.ts';

/** One installation of our integration, and the tokens that it came with (Notion, "Create a token"). */
export interface Installation {
  readonly tokens: Tokens;
  readonly botId: string;
  readonly notionWorkspaceId: string;
  /** As Notion spells it: hostile text. Null when the workspace has no name. */
  readonly workspaceName: string | null;
  readonly workspaceIcon: string | null;
  /** The person who gave consent; null for an installation that the workspace owns. */
  readonly owner: InstallationOwner | null;
}

export type RestTokenAnswer = TokenAnswer<{ readonly installation: Installation }>;

/** RFC 6749 section 5.2. Any other error from Notion becomes `other`. */
const tokenRefusals = ['invalid_grant', 'invalid_client', 'invalid_request', 'unauthorized_client'] as const;

const headerSafe = z.string().regex(/^[\x21-\x7e]{1,4096}$/);
const uuid = z.guid().transform(id => id.toLowerCase());
/** These texts are only shown. Strange values are no reason not to connect. */
const label = z.string().nullish().catch(null);
const iconCharsMax = 2_000;

const success = z.object({
  access_token: headerSafe,
  token_type: z.string().regex(/^bearer$/i),
  refresh_token: headerSafe.nullish(),
  // Notion sends none today. If it starts to, the token is refreshed before its end.
  expires_in: z.unknown().optional(),
  bot_id: uuid,
  workspace_id: uuid,
  workspace_name: label,
  workspace_icon: label,
  owner: installationOwner,
});

// Notion documents `code`, and sends `error`.
const failure = z.object({ error: z.string().optional(), code: z.string().optional() });

/** Judges an answer of the token endpoint. Total: there is no answer, however hostile, for which it throws. */
export function readTokenResponse(response: OAuthResponse): RestTokenAnswer {
  const { status, text } = response;
  if (status === 429 || status >= 500) return troubleAnswer(response);
  const body = parseJson(text);
  if (status >= 400) return readRefusal(response, body);
  if (status !== 200) return unusableAnswer(String(status));
  const parsed = success.safeParse(body);
  return parsed.success ? installed(parsed.data) : unusableAnswer(faultIn(response, parsed));
}

function readRefusal(response: OAuthResponse, body: unknown): RestTokenAnswer {
  const parsed = failure.safeParse(body);
  if (!parsed.success) return unusableAnswer(faultIn(response, parsed));
  const error = parsed.data.error ?? parsed.data.code;
  const problem = tokenRefusals.find(known => known === error) ?? 'other';
  if (problem === 'invalid_grant') return { said: 'grant_refused', problem };
  // The client is ours and serves every connection: if it is refused, no connection is to blame (defect A20).
  return { said: appRefusalIn(problem) === null ? 'misconfigured' : 'app_refused', problem };
}

function installed(body: z.infer<typeof success>): RestTokenAnswer {
  return {
    said: 'granted',
    installation: {
      tokens: {
        accessToken: new Secret(body.access_token),
        refreshToken: body.refresh_token == null ? null : new Secret(body.refresh_token),
        lifetimeSeconds: readLifetimeSeconds(body.expires_in),
      },
      botId: body.bot_id,
      notionWorkspaceId: body.workspace_id,
      workspaceName: nameIn(body.workspace_name),
      workspaceIcon: iconOf(body.workspace_icon),
      owner: body.owner,
    },
  };
}

/** An emoji or a URL; null for anything that neither can be. */
function iconOf(icon: string | null | undefined): string | null {
  if (!icon || icon.length > iconCharsMax) return null;
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(icon) ? null : icon;
}
