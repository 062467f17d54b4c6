import { z } from 'zod';
import type { SafeFetch } from '../../net/safe-fetch/safe-fetch.ts';
import { nameIn } from '../oauth-response.ts';
import { callTool } from './call-tool.ts';
import type { Challenge } from './challenge.ts';

/** The workspace that a token opens, and the person it acts as. */
export interface WorkspaceIdentity {
  readonly workspaceId: string;
  readonly workspaceName: string | null;
  readonly user: { readonly id: string; readonly name: string | null };
}

const uuid = z.guid().transform(id => id.toLowerCase());
const label = z.string().max(2_000).nullish();

// Notion, "notion-fetch", id `self`.
const self = z.object({
  workspace: z.object({ id: uuid, name: label }),
  user: z.object({ id: uuid, name: label }),
});

export type Identification =
  | { readonly kind: 'known'; readonly identity: WorkspaceIdentity }
  | { readonly kind: 'needs_scope'; readonly challenge: Challenge }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * Asks Notion's MCP server itself: a token answer does not say it, and the REST API does not know these tokens (defect
 * C14). `unknown` if the answer does not name both the workspace and the person. Throws `SafeFetchError`.
 */
export async function identifyWorkspace(
  fetch: SafeFetch,
  serverUrl: string,
  accessToken: string,
): Promise<Identification> {
  const answer = await callTool(fetch, { serverUrl, accessToken, name: 'notion-fetch', input: { id: 'self' } });
  if (answer.kind === 'needs_scope') return answer;
  if (answer.kind === 'failed') return { kind: 'unknown', why: answer.why };
  const found = self.safeParse(answer.result);
  if (!found.success) {
    const field = found.error.issues[0]?.path.join('.') || 'object';
    return { kind: 'unknown', why: `the result of notion-fetch has no usable ${field}` };
  }
  const { workspace, user } = found.data;
  return {
    kind: 'known',
    identity: {
      workspaceId: workspace.id,
      workspaceName: nameIn(workspace.name),
      user: { id: user.id, name: nameIn(user.name) },
    },
  };
}
