import { readApiKey } from '../../domain/api-key.ts';
import { PortcullisError } from '../../domain/errors.ts';
import type { Credentials } from '../../domain/principal.ts';
import { type ResourcePlace, signInChallenge, stepUpChallenge } from './challenge.ts';
import { unknownTool } from './operation.ts';
import { type McpMessage, type ProtocolRefusal, rpcCodes } from './read-message.ts';
import { failedResult, failureOf } from './tool-result.ts';

/** What a client gets for a request that failed: an error of the protocol, or the result of a tool. */
export type Told =
  | {
      readonly error: { readonly code: number; readonly message: string; readonly data?: object | undefined };
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly result: object };

interface Asked {
  readonly requestId: string;
  readonly place: ResourcePlace;
  readonly credentials: Credentials;
  /** The name of the operation, if there is one. */
  readonly operation?: string;
  /** Null: the request could not be read. */
  readonly message: McpMessage | null;
}

export function toldOf(error: unknown, asked: Asked): Told {
  const { place, credentials, message, requestId } = asked;
  const known = error instanceof PortcullisError ? error : new PortcullisError('internal');
  const plain = { code: rpcCodes.invalidRequest, message: known.message };
  if (known.code === 'unauthorized') {
    return { status: 401, error: plain, headers: { 'www-authenticate': signInChallenge(place, credentials) } };
  }
  if (message !== null && lacksScope(known, credentials)) {
    return { status: 403, error: plain, headers: { 'www-authenticate': stepUpChallenge(place) } };
  }
  if (message === null) return { status: known.status, error: plain };
  // Wrong arguments become the result of the tool, so that a model reads it. A tool that does not exist has no result.
  if (message.method !== 'tools/call' || asked.operation === unknownTool) {
    return { status: 200, error: { ...plain, code: rpcCodes.invalidParams } };
  }
  const result = failedResult(failureOf(known, requestId));
  return { result: message.modern ? { resultType: 'complete', ...result } : result };
}

/** A message that breaks the protocol. A caller who may not ask at all gets that error first. */
export function toldOfRefusal(refusal: ProtocolRefusal, error: unknown, asked: Omit<Asked, 'message'>): Told {
  if (!(error instanceof PortcullisError) || error.code !== 'validation_error') {
    return toldOf(error, { ...asked, message: null });
  }
  const { status, code, message, data } = refusal;
  return { status, error: { code, message, data } };
}

/**
 * The call needs more than the person allowed the client. The client can ask the person for more; the holder of a key
 * cannot.
 */
function lacksScope({ details }: PortcullisError, credentials: Credentials): boolean {
  if (credentials.kind !== 'bearer' || readApiKey(credentials.token) !== null) return false;
  return details.additionalData?.portcullis_reason === 'key_lacks_action';
}
