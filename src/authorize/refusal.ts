import type { Deny, DenyReason } from '../domain/decision.ts';
import { type ErrorCode, PortcullisError } from '../domain/errors.ts';
import type { Call, Operation } from '../domain/operation.ts';
import type { Ruling } from '../domain/ruling.ts';

/** Refusals that have nothing to do with the object that was asked for, and one meaning each. */
const plain: Partial<Record<DenyReason, ErrorCode>> = {
  unauthenticated: 'unauthorized',
  too_many_calls: 'rate_limited',
  policy_changed: 'policy_changed',
  no_connection: 'no_connection',
  connection_blocked: 'connection_needs_reauth',
};

/**
 * What the caller of a denied call is told. Existence is never confirmed: who may not read an object gets the answer
 * that Notion gives for a missing one, without a decision id; who may read it is told which right is missing.
 */
export function refuse({ call, decision, facts }: Ruling): PortcullisError {
  if (decision.effect !== 'deny') throw new Error('An allowed call has no refusal.');
  const { operation } = call;
  const { refusal } = operation.response;
  if (refusal !== undefined && !isAboutCaller(decision, call))
    return new PortcullisError(refusal.code, refusal.message);
  const held = decision.because === 'not_the_owner' ? decision.demand?.heldBy : undefined;
  if (held !== undefined) return new PortcullisError(held.otherwise.code, held.otherwise.message);
  if (decision.because === 'malformed' && operation.problem !== null) {
    return new PortcullisError(operation.problem.code, operation.problem.message);
  }
  const code = plain[decision.because];
  if (code === 'unauthorized') return new PortcullisError(code, 'API token is invalid.');
  if (code === 'rate_limited') return new PortcullisError(code, undefined, { retryAfterSeconds: 1 });
  if (code !== undefined) return new PortcullisError(code);
  return hidden(decision, operation) ? missing(decision, operation) : restricted(decision, facts.role);
}

/** Denied whatever was asked for, so the reason tells nothing of it. Who came with a link alone has no key to be told of. */
function isAboutCaller({ because }: Deny, { credentials }: Call): boolean {
  if (because === 'unauthenticated') return credentials.kind !== 'file_link';
  return because === 'too_many_calls' || because === 'policy_changed';
}

/** Whether saying "you may not" would confirm to this caller that the object exists. */
function hidden(decision: Deny, { response }: Operation): boolean {
  if (decision.because === 'not_the_owner') return true;
  if (decision.because === 'other_workspace' || decision.because === 'no_workspace') return true;
  if (decision.because === 'not_a_member') return true;
  return !decision.mayRead && response.notFound !== null;
}

/** Notion names the object that it could not find, which need not be the one in the path. */
function missing({ demand }: Deny, { response }: Operation): PortcullisError {
  const object = demand?.object;
  const notFound = object !== undefined && 'id' in object ? { kind: object.kind, id: object.id } : response.notFound;
  return new PortcullisError('not_found', undefined, { notFound });
}

function restricted(decision: Deny, role: string | null): PortcullisError {
  return new PortcullisError('restricted', messageOf(decision, role), {
    additionalData: { portcullis_reason: decision.because, portcullis_decision_id: decision.id },
  });
}

function messageOf({ because, demand }: Deny, role: string | null): string {
  const action = demand?.action ?? 'this';
  switch (because) {
    case 'role_lacks_action':
      return `Your role in this workspace (${role}) does not allow the action "${action}".`;
    case 'key_lacks_action':
      return `This key does not allow the action "${action}".`;
    case 'lacks_deployment_right':
      return `You do not have the right "${action}" in this deployment.`;
    default:
      return 'This call is not allowed.';
  }
}
