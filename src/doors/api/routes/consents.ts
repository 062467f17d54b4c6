import { z } from 'zod';
import type { Consent } from '../../../domain/consent.ts';
import type { ConsentId, WorkspaceId } from '../../../domain/ids.ts';
import type { Caller } from '../../../domain/principal.ts';
import { idOf } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { consentAnswer, consentsAnswer } from '../shapes/people.ts';

export interface ConsentRouteParts {
  /** The caller's own that are not over, newest first. */
  list(workspaceId: WorkspaceId, of: Caller): Promise<readonly Consent[]>;
  /** Ends one of the caller's own, with every token of it. Throws `not_found`. */
  revoke(workspaceId: WorkspaceId, id: ConsentId, of: Caller): Promise<Consent>;
}

/** What people let MCP clients do. Each sees and ends their own; they end with the person, and with the membership. */
export function consentRoutes(consents: ConsentRouteParts): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/consents',
      name: 'consents.list',
      answer: consentsAnswer,
      summary: 'MCP clients that you let into the workspace',
      demand: { on: 'membership', key: 'members' },
      run: async (_input, context) => ({
        consents: (await consents.list(workspaceOf(context), context.caller)).map(viewOf),
      }),
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/workspaces/:workspace/consents/:consent',
      name: 'consents.revoke',
      answer: consentAnswer,
      summary: 'Let an MCP client out again, at once',
      demand: { on: 'membership', key: 'members' },
      params: z.strictObject({ consent: idOf('cns') }),
      run: async ({ params }, context) => ({
        consent: viewOf(await consents.revoke(workspaceOf(context), params.consent, context.caller)),
      }),
    }),
  ];
}

function viewOf({ id, clientId, clientName, principalId, ceiling, under, ...times }: Consent) {
  const { createdAt, expiresAt, lastUsedAt, revokedAt } = times;
  return {
    ...{ id, clientId, clientName, principalId, ceiling, under },
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
