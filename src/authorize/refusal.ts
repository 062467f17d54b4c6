import type { DecidedCall } from '../domain/decided-call.ts';
import type { Deny } from '../domain/decision.ts';
import { denyReasons } from '../domain/decision-reasons.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Call, Operation } from '../domain/operation.ts';
import { missingRight } from './missing-right.ts';

/**
 * The error for the caller of a denied call. It never confirms that an object exists. A caller who may not read an
 * object gets Notion's answer for a missing one, without a decision id. A caller who may read it gets the missing
 * right.
 */
export function refuse(decided: DecidedCall): PortcullisError {
  const { call, decision } = decided;
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
  const { error } = denyReasons[decision.because];
  switch (error) {
    case 'unauthorized':
      return unidentified(call);
    case 'rate_limited':
      return new PortcullisError(error, undefined, { retryAfterSeconds: 1 });
    case 'not_found':
      return missing(decision, decided);
    case 'restricted':
      return hidden(decision, operation) ? missing(decision, decided) : restricted(decision, decided);
    default:
      return new PortcullisError(error);
  }
}

/**
 * The reason does not depend on the request, so it reveals nothing about the object. A caller with a link alone has no
 * key that the error could be about.
 */
function isAboutCaller({ because }: Deny, { credentials }: Call): boolean {
  if (because === 'unauthenticated') return credentials.kind !== 'file_link';
  return denyReasons[because].ofAnyObject;
}

/** Whether saying "you may not" would confirm to this caller that the object exists. */
function hidden(decision: Deny, { response }: Operation): boolean {
  // A caller who neither owns a key nor manages members must not learn that it exists.
  if (decision.demand?.object.kind === 'key') return true;
  return !decision.mayRead && response.notFound !== null;
}

/** For a program the error is about its key; for a person in a browser it says that they must sign in. */
function unidentified({ credentials }: Call): PortcullisError {
  if (credentials.kind === 'session') {
    return new PortcullisError('unauthorized', 'You are signed out.', { hint: 'Sign in again.' });
  }
  return new PortcullisError('unauthorized', 'API token is invalid.');
}

/**
 * Notion names the object that it could not find, which need not be the one in the path. While Notion does not answer,
 * it is not known whether the object exists, and the caller gets that trouble.
 */
function missing({ demand }: Deny, { call, facts: { askingTrouble: trouble } }: DecidedCall): PortcullisError {
  const { response } = call.operation;
  if (trouble !== undefined) {
    return new PortcullisError(trouble, undefined, trouble === 'rate_limited' ? { retryAfterSeconds: 1 } : {});
  }
  const object = demand?.object;
  if (object?.kind === 'key') return new PortcullisError('not_found', 'There is no such key.');
  const notFound = object !== undefined && 'id' in object ? { kind: object.kind, id: object.id } : response.notFound;
  const message = notFound === null ? 'There is no such workspace, or it is not open to you.' : undefined;
  return new PortcullisError('not_found', message, { notFound });
}

function restricted(decision: Deny, decided: DecidedCall): PortcullisError {
  const { message, hint, missing: lacking } = missingRight(decision, decided);
  return new PortcullisError('restricted', message, {
    hint,
    additionalData: {
      portcullis_reason: decision.because,
      portcullis_decision_id: decision.id,
      ...(lacking === undefined ? {} : { missing_actions: [...lacking] }),
    },
  });
}
