import * as oauth from 'oauth4webapi';
import { connectError } from '../../domain/connect-problem.ts';
import { readCode } from '../read-code.ts';

/**
 * The parameters that came back in the browser, not yet checked, each of any type. A repeated parameter is an array.
 */
export interface CallbackParameters {
  readonly state: unknown;
  readonly iss: unknown;
  readonly error: unknown;
  readonly code: unknown;
}

/** What was known when the browser was sent away. */
export interface ExpectedCallback {
  readonly state: string;
  readonly issuer: string;
  /** The server promised to name itself in its answer (RFC 9207 section 3). */
  readonly issPromised: boolean;
  readonly clientId: string;
}

/** A callback that may be exchanged. Only `acceptCallback` makes one. */
export type AcceptedCallback = URLSearchParams;

/**
 * Checks a callback: first who sent it (RFC 9207, without any normalisation), then whether it is a refusal, then the
 * code. Until the sender is known, the rest of the callback does not count, errors included. Throws the `connectError`
 * `invalid_state`, `issuer_mismatch`, `consent_denied`, `refused_by_notion` or `missing_code`.
 */
export function acceptCallback(given: CallbackParameters, expected: ExpectedCallback): AcceptedCallback {
  if (given.state !== expected.state) throw connectError('invalid_state', 'the state is another one');
  assertIssuer(given.iss, expected);
  const code = readCode(given);
  // The library accepts a code only from its own checks, which have the same result as ours.
  const server = { issuer: expected.issuer, authorization_response_iss_parameter_supported: expected.issPromised };
  const parameters = new URLSearchParams({ state: expected.state, code });
  if (typeof given.iss === 'string') parameters.set('iss', given.iss);
  return oauth.validateAuthResponse(server, { client_id: expected.clientId }, parameters, expected.state);
}

function assertIssuer(iss: unknown, { issuer, issPromised }: ExpectedCallback): void {
  if (iss === issuer || (iss === undefined && !issPromised)) return;
  throw connectError('issuer_mismatch', iss === undefined ? 'iss is missing' : 'iss names another issuer');
}
