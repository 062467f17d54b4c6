import type { Dispatcher } from 'undici';
import type { NotionConfig } from '../config/config.ts';
import { introspectRequest } from '../connect/rest/oauth-request.ts';
import { readAppRefusal } from '../connect/rest/token-state.ts';
import { secondMs } from '../domain/units.ts';
import { openAgent } from '../net/open-agent.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const about = 'integration';

/** It has not the form of a Notion token. The question is about our client, and spends nothing. */
const noToken = 'portcullis-doctor';

/** Whether Notion accepts our client id and secret: it is asked about a token that does not exist (RFC 7662). */
export async function lookAtApp(notion: NotionConfig, dispatcher: Dispatcher = openAgent(null)): Promise<Finding[]> {
  const app = { ...notion, origin: notion.apiUrl, redirectUri: '', dispatcher };
  const answer = await introspectRequest(app, noToken, { timeoutMs: 5 * secondMs }).catch(() => null);
  // That Notion is away is said of Notion.
  if (answer === null) return [];
  const refusal = readAppRefusal(answer);
  if (refusal !== null) {
    return [
      fail(
        about,
        `Notion refuses the client id or secret (${refusal}): nothing can be connected, renewed or revoked`,
        'Compare NOTION_OAUTH_CLIENT_ID and NOTION_OAUTH_CLIENT_SECRET with the settings of the integration at Notion.',
      ),
    ];
  }
  if (answer.status === 200) return [ok(about, 'Notion accepts the client id and secret')];
  return [
    warn(
      about,
      `Notion was asked about the client id and secret, and answered ${answer.status}`,
      'Run portcullis doctor again later. If this stays, is PORTCULLIS_NOTION_API_URL an address of Notion?',
    ),
  ];
}
