import type { Action } from '../../domain/action.ts';
import type { operations } from '../../domain/admin-api.ts';
import { answerOf, type BodyOf } from '../remote.ts';
import type { Browser } from './browser.ts';
import type { Ready } from './ready.ts';

/** The actions by which something at Notion changes. */
const changes: Action[] = ['create', 'update', 'delete', 'move', 'manage', 'comment.write', 'file.write'];

/**
 * The grants of the demo's agents, as an admin writes them. Their reasons identify them, and stay the same from start
 * to start.
 */
function grantsOf(pages: Ready['pages']): BodyOf<operations['grants.create']>[] {
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

/** Sets the demo's grants, unless an earlier start has done so. `browser` is signed in as an admin. */
export async function setDemoPolicy(
  browser: Browser,
  gatewayUrl: string,
  workspaceId: string,
  pages: Ready['pages'],
): Promise<void> {
  const api = browser.api(gatewayUrl);
  const params = { path: { workspace: workspaceId } };
  const { grants } = await answerOf(api.GET('/api/workspaces/{workspace}/grants', { params }));
  const known = new Set(grants.map(({ reason }) => reason));
  for (const body of grantsOf(pages)) {
    if (!known.has(body.reason)) await api.POST('/api/workspaces/{workspace}/grants', { params, body });
  }
}
