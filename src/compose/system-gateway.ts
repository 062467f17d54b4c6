import type { ConnectionId } from '../domain/ids.ts';
import type { Call } from '../domain/operation.ts';
import type { Caller, Principal } from '../domain/principal.ts';
import { createGateway, type Steps } from '../gateway.ts';
import type { AskNotion } from '../report/ask-notion.ts';

/**
 * The path for Portcullis's own calls to Notion: the same steps, except for two. Identify returns the system: the
 * holder of this function is the system, doors never get it, and there are no credentials that name the system (rule
 * 6). Resolve takes the connection that the call was made for, instead of choosing one.
 *
 * @param charged the principal that pays for calls: the system, or the caller of the command that asks
 */
export function createSystemGateway(
  component: string,
  steps: Steps,
  charged: 'system' | 'caller' = 'system',
): AskNotion {
  const asked = new WeakMap<Call, { readonly connectionId: ConnectionId; readonly onBehalfOf: Principal | null }>();
  const gateway = createGateway({
    ...steps,
    identify: async call => systemCaller(component, asked.get(call)?.onBehalfOf ?? null),
    async resolve(call, caller) {
      const facts = await steps.resolve(call, caller);
      const id = asked.get(call)?.connectionId;
      return id === undefined ? facts : { ...facts, connection: { id, because: 'named' }, connectionTrouble: null };
    },
  });
  return ({ workspaceId, connectionId }, operation, { caller, clientAddress, requestId }) => {
    const call: Call = {
      door: 'internal',
      requestId,
      credentials: { kind: 'none' },
      clientAddress,
      workspace: workspaceId,
      operation,
      signal: new AbortController().signal,
    };
    asked.set(call, { connectionId, onBehalfOf: charged === 'caller' ? caller.principal : null });
    return gateway(call);
  };
}

/** Portcullis itself, as a caller: no door can make one. */
export function systemCaller(component: string, principal: Principal | null): Caller {
  const onBehalfOf = principal?.kind === 'user' || principal?.kind === 'agent' ? principal : null;
  return {
    principal: { kind: 'system', component, ...(onBehalfOf && { onBehalfOf }) },
    credential: null,
    epoch: null,
    boundTo: null,
    ceiling: null,
    under: null,
    signIn: null,
    deploymentRights: new Set(),
  };
}
