import { z } from 'zod';
import type { ApiKey } from '../../../accounts/account-store.ts';
import { limitRequested } from '../../../accounts/key-limit.ts';
import { type Keys, keyDaysDefault, keyDaysMax } from '../../../accounts/keys.ts';
import type { AuditRecord } from '../../../audit/audit-reader.ts';
import { asNotionToken } from '../../../domain/api-key.ts';
import type { RecordEvent } from '../../../domain/event.ts';
import { isId, type KeyId, type WorkspaceId } from '../../../domain/ids.ts';
import type { Problem } from '../../../domain/operation.ts';
import { displayName, idOf, principalId, role } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { listQuery } from '../list-query.ts';
import { actionList, keyLimit } from '../policy-fields.ts';
import { recordChange } from '../record-change.ts';
import { type ApiRoute, apiRoute, type RouteDemand } from '../route.ts';
import { keyAnswer, keysAnswer, keyWithCallAnswer, newKeyAnswer } from '../shapes/keys.ts';

const newKey = z.strictObject({
  name: displayName,
  principalId: principalId.optional().describe('An agent of the workspace; yourself unless given.'),
  limitTo: z
    .union([role, actionList, keyLimit])
    .optional()
    .describe('What the key may be used for at most: what a role may, or a list of actions; and under which pages.'),
  expiresInDays: z.int().min(1).max(keyDaysMax).default(keyDaysDefault),
});

const keyInReach = {
  says: 'A key of your own or of an agent that you own, or any key if you manage members.',
  of: ({ params }: { params: { key: KeyId } }) => [{ on: 'key', id: params.key, action: 'members' } as const],
};

const keysSay =
  'A key makes keys only if its limit names `members`. A key is made for oneself, for an agent that one owns, or for any ' +
  'agent if one manages members, and is limited to no more than its maker holds.';

/** Rules 8 and 11: for whom a caller may make a key, and how the key may be limited. */
function demandsOf({ principalId: holder, limitTo }: z.infer<typeof newKey>): RouteDemand[] {
  const member = { on: 'membership', key: 'members' } as const;
  const demands: RouteDemand[] = [{ ...member, keyNames: true }];
  if (isId('agt', holder)) demands.push({ on: 'agent', id: holder, action: 'members' });
  else if (holder !== undefined) demands.push({ ...member, heldBy: { principal: holder, otherwise: ownKeysOnly } });
  const { actions, role: named, under } = limitRequested(limitTo);
  const own = !isId('agt', holder);
  demands.push({ ...member, gives: { kind: 'key', own, of: own ? undefined : holder, actions, role: named, under } });
  return demands;
}

const ownKeysOnly: Problem = {
  code: 'restricted',
  message: 'People make their own keys. For a program, make a service account.',
};

export interface KeyRouteParts {
  readonly keys: Keys;
  readonly record: RecordEvent;
  /** The first call to Notion with a key; null before there is one. */
  firstCall(workspaceId: WorkspaceId, key: ApiKey): Promise<AuditRecord | null>;
}

/** API keys. Every member has their own; members who manage members see and end all of them. */
export function keyRoutes({ keys, record, firstCall }: KeyRouteParts): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/keys',
      name: 'keys.list',
      answer: keysAnswer,
      summary: 'Keys: your own and those of your agents, or all of them if you manage members',
      demand: { on: 'membership', key: 'members' },
      query: z.strictObject({
        ...listQuery(['created', 'name', 'principal', 'expires', 'used'], 'desc'),
        ended: z
          .enum(['include', 'leave_out'])
          .default('include')
          .describe('Whether revoked and expired keys are in the list too.'),
      }),
      run: async ({ query: { ended, ...listing } }, context) => {
        const request = { ...listing, ended: ended === 'include' };
        const { rows, total } = await keys.list(context.caller, workspaceOf(context), request);
        return { keys: rows.map(keyView), total };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/keys/:key',
      name: 'keys.get',
      answer: keyWithCallAnswer,
      summary: 'A key, and the first call to Notion that was made with it',
      demand: { on: 'membership', key: 'members' },
      also: keyInReach,
      params: z.strictObject({ key: idOf('key') }),
      run: async ({ params }, context) => {
        const key = await keys.get(context.caller, workspaceOf(context), params.key);
        const first = await firstCall(workspaceOf(context), key);
        return { key: keyView(key), firstCall: first && firstCallView(first) };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/keys',
      name: 'keys.create',
      answer: newKeyAnswer,
      summary: 'Make a key; the answer is the only place where its secret ever is',
      demand: { on: 'membership', key: 'members' },
      also: { says: keysSay, of: ({ body }) => demandsOf(body) },
      body: newKey,
      status: 201,
      run: async ({ body }, context) => {
        const { key, secret } = await keys.mint(context.caller, workspaceOf(context), body);
        const detail = {
          key: key.id,
          principal: key.principalId,
          ceiling: key.ceiling?.join(' ') ?? null,
          under: key.under?.join(' ') ?? null,
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
      answer: keyAnswer,
      summary: 'End a key at once',
      demand: { on: 'membership', key: 'members' },
      also: keyInReach,
      params: z.strictObject({ key: idOf('key') }),
      run: async ({ params }, context) => {
        const key = await keys.revoke(context.caller, workspaceOf(context), params.key);
        await recordChange(record, context, 'key.revoked', { key: key.id, principal: key.principalId });
        return { key: keyView(key) };
      },
    }),
  ];
}

/** How the call ended, without its objects: the maker of a key need not be allowed to read the log. */
function firstCallView({ entry, outcome }: AuditRecord) {
  const effect: 'allow' | 'deny' = entry.kind === 'intent' ? 'allow' : 'deny';
  const because = entry.decision?.because ?? null;
  return { time: entry.time, operation: entry.operation, effect, because, status: outcome?.status ?? null };
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
