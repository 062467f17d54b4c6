import type { NotionApp } from './notion-app.ts';

/**
 * Where the browser goes to ask a person for consent (Notion, "Authorization"). There is no scope and no PKCE: pages and
 * capabilities are chosen on Notion's page. `owner=user` is mandatory.
 */
export function authorizeUrl(app: NotionApp, state: string): string {
  const url = new URL('/v1/oauth/authorize', app.origin);
  url.searchParams.set('client_id', app.clientId);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('owner', 'user');
  url.searchParams.set('redirect_uri', app.redirectUri);
  url.searchParams.set('state', state);
  return url.href;
}
