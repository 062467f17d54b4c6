import { z } from 'zod';
import type { ApiKey } from '../../../accounts/account-store.ts';
import { type Keys, keyDaysDefault, keyDaysMax } from '../../../accounts/keys.ts';
import { asNotionToken } from '../../../domain/api-key.ts';
import type { RecordEvent } from '../../../domain/event.ts';
import { action, displayName, idOf, principalId, role } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { recordChange } from '../record-change.ts';
import { type ApiRoute, apiRoute } from '../route.ts';

const newKey = z.strictObject({
  name: displayName,
  principalId: principalId.optional().describe('An agent of the workspace; yourself unless given.'),
  limitTo: z
    .union([role, z.array(action).max(50)])
    .optional()
    .describe('What the key may be used for at most: what a role may, or a list of actions.'),
  expiresInDays: z.int().min(1).max(keyDaysMax).default(keyDaysDefault),
});

/** API keys. Every member has their own; those who manage members see and end all of them. */
export function keyRoutes({ keys, record }: { keys: Keys; record: RecordEvent }): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/keys',
      name: 'keys.list',
      summary: 'Keys: your own and those of your agents, or all of them if you manage members',
      demand: { on: 'membership' },
      run: async (_input, context) => ({ keys: (await keys.list(context.caller, workspaceOf(context))).map(keyView) }),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/keys',
      name: 'keys.create',
      summary: 'Make a key; the answer is the only place where its secret ever is',
      demand: { on: 'membership' },
      body: newKey,
      status: 201,
      run: async ({ body }, context) => {
        const { key, secret } = await keys.mint(context.caller, workspaceOf(context), body);
        const detail = {
          key: key.id,
          principal: key.principalId,
          ceiling: key.ceiling?.join(' ') ?? null,
          expiresAt: key.expiresAt.toISOString(),
        };
        await recordChange(record, context, 'key.created', detail);
        // Some clients refuse what does not look like a token of Notion's.
        return { key: keyView(key), secret, asNotionToken: asNotionToken(secret) };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/workspaces/:workspace/keys/:key',
      name: 'keys.revoke',
      summary: 'End a key at once',
      demand: { on: 'membership' },
      params: z.strictObject({ key: idOf('key') }),
      run: async ({ params }, context) => {
        const key = await keys.revoke(context.caller, workspaceOf(context), params.key);
        await recordChange(record, context, 'key.revoked', { key: key.id, principal: key.principalId });
        return { key: keyView(key) };
      },
    }),
  ];
}

function keyView(key: ApiKey) {
  return {
    ...key,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}
