import type { AskNotion } from '../connect/report/ask-notion.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Call } from '../domain/operation.ts';
import type { Caller } from '../domain/principal.ts';
import { createGateway, type Steps } from '../gateway.ts';

/**
 * The path for Portcullis's own calls to Notion: the same steps, and two that know more. Identify answers with the system,
 * because whoever holds this function is the system; doors are never given it, and credentials that name the system do
 * not exist (rule 6). Resolve takes the connection that the call was made for, instead of choosing one.
 */
export function createSystemGateway(component: string, steps: Steps): AskNotion {
  const named = new WeakMap<Call, ConnectionId>();
  const system: Caller = {
    principal: { kind: 'system', component },
    credential: null,
    epoch: null,
    boundTo: null,
    ceiling: null,
    deploymentRights: new Set(),
  };
  const gateway = createGateway({
    ...steps,
    identify: async () => system,
    async resolve(call, caller) {
      const facts = await steps.resolve(call, caller);
      const id = named.get(call);
      return id === undefined ? facts : { ...facts, connection: { id, because: 'named' }, connectionTrouble: null };
    },
  });
  return ({ workspaceId, connectionId }, operation, { clientAddress, requestId }) => {
    const call: Call = {
      door: 'internal',
      requestId,
      credentials: { kind: 'none' },
      clientAddress,
      workspace: workspaceId,
      operation,
      signal: new AbortController().signal,
    };
    named.set(call, connectionId);
    return gateway(call);
  };
}
