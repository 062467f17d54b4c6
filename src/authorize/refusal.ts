import type { DecidedCall } from '../domain/decided-call.ts';
import type { Deny } from '../domain/decision.ts';
import { denyReasons } from '../domain/decision-reasons.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Call, Operation } from '../domain/operation.ts';
import { missingRight } from './missing-right.ts';

/**
 * What the caller of a denied call is told. Existence is never confirmed: who may not read an object gets the answer
 * that Notion gives for a missing one, without a decision id; who may read it is told which right is missing.
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

/** Denied whatever was asked for, so the reason tells nothing of it. Who came with a link alone has no key to be told of. */
function isAboutCaller({ because }: Deny, { credentials }: Call): boolean {
  if (because === 'unauthenticated') return credentials.kind !== 'file_link';
  return denyReasons[because].ofAnyObject;
}

/** Whether saying "you may not" would confirm to this caller that the object exists. */
function hidden(decision: Deny, { response }: Operation): boolean {
  // Somebody who neither owns a key nor manages members does not learn that it exists.
  if (decision.demand?.object.kind === 'key') return true;
  return !decision.mayRead && response.notFound !== null;
}

/** A program is told of its key, and a person in a browser that they must sign in. */
function unidentified({ credentials }: Call): PortcullisError {
  if (credentials.kind === 'session') {
    return new PortcullisError('unauthorized', 'You are signed out.', { hint: 'Sign in again.' });
  }
  return new PortcullisError('unauthorized', 'API token is invalid.');
}

/**
 * Notion names the object that it could not find, which need not be the one in the path. While it does not answer, nobody
 * knows whether the object exists, and whoever asks hears of the trouble.
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
