import { z } from 'zod';
import type { Tokens } from '../../domain/connection.ts';
import { Secret } from '../../domain/secret.ts';
import { readLifetimeSeconds } from '../../domain/token-lifetime.ts';
import { faultIn, nameIn, type OAuthResponse, parseJson } from '../oauth-response.ts';
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

/**
 * refused: Notion said no, and why. unavailable: trouble at Notion or on the way (5xx, 429). unusable: an answer that is
 * none of the answers which Notion gives.
 */
export type RestTokenAnswer =
  | { readonly kind: 'installed'; readonly installation: Installation }
  | { readonly kind: 'refused'; readonly error: TokenRefusal }
  | { readonly kind: 'unavailable'; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string };

/** RFC 6749 section 5.2. */
const tokenRefusals = ['invalid_grant', 'invalid_client', 'invalid_request', 'unauthorized_client'] as const;
export type TokenRefusal = (typeof tokenRefusals)[number] | 'other';

const headerSafe = z.string().regex(/^[\x21-\x7e]{1,4096}$/);
const uuid = z.guid().transform(id => id.toLowerCase());
/** What is only shown. Whatever Notion puts there, it is no reason not to connect. */
const label = z.string().nullish().catch(null);
const iconCharsMax = 2_000;

const success = z.object({
  access_token: headerSafe,
  token_type: z.string().regex(/^bearer$/i),
  refresh_token: headerSafe.nullish(),
  // Notion sends none. Should it begin to, the token is refreshed before its end.
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
  if (status === 429 || status >= 500) return { kind: 'unavailable', why: String(status) };
  const body = parseJson(text);
  if (status >= 400) return readRefusal(response, body);
  if (status !== 200) return { kind: 'unusable', why: String(status) };
  const parsed = success.safeParse(body);
  return parsed.success ? installed(parsed.data) : { kind: 'unusable', why: faultIn(response, parsed) };
}

function readRefusal(response: OAuthResponse, body: unknown): RestTokenAnswer {
  const parsed = failure.safeParse(body);
  if (!parsed.success) return { kind: 'unusable', why: faultIn(response, parsed) };
  const said = parsed.data.error ?? parsed.data.code;
  return { kind: 'refused', error: tokenRefusals.find(known => known === said) ?? 'other' };
}

function installed(body: z.infer<typeof success>): RestTokenAnswer {
  return {
    kind: 'installed',
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
