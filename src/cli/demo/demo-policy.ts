import { z } from 'zod';
import type { Browser } from './browser.ts';
import type { Ready } from './ready.ts';

const grantsAnswer = z.looseObject({ grants: z.array(z.looseObject({ reason: z.string() })) });

/** The actions by which something at Notion changes. */
const changes = ['create', 'update', 'delete', 'move', 'manage', 'comment.write', 'file.write'];

/** What the demo's agents may do where, as an admin says it. The reasons tell the grants apart, and stay from start to start. */
function grantsOf(pages: Ready['pages']) {
  return [
    {
      effect: 'deny',
      subject: { kind: 'agent', name: 'demo-viewer' },
      actions: ['read', 'file.read', 'comment.read'],
      scope: { kind: 'page', id: pages.restricted },
      reason: 'Demo: people operations and finance only',
    },
    {
      effect: 'limit',
      subject: { kind: 'agent', name: 'demo-editor' },
      actions: changes,
      scope: { kind: 'page', id: pages.public },
      reason: 'Demo: the editor changes public pages only',
    },
    {
      effect: 'allow',
      subject: { kind: 'agent', name: 'Scout' },
      role: 'viewer',
      scope: { kind: 'page', id: pages.public },
      reason: 'Demo: Scout reads public pages, and nothing else',
    },
  ];
}

/** Sets the demo's grants, where they are not there from an earlier start. `browser` is signed in as an admin. */
export async function setDemoPolicy(
  browser: Browser,
  gatewayUrl: string,
  workspaceId: string,
  pages: Ready['pages'],
): Promise<void> {
  const at = new URL(`/api/workspaces/${workspaceId}/grants`, gatewayUrl);
  const { grants } = grantsAnswer.parse(await browser.call('GET', at));
  const known = new Set(grants.map(({ reason }) => reason));
  for (const grant of grantsOf(pages)) if (!known.has(grant.reason)) await browser.call('POST', at, grant);
}
