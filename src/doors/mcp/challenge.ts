import { accessScopes } from '../../domain/consent.ts';
import type { Credentials } from '../../domain/principal.ts';

/** What a client of this address must know to get a token (RFC 9728 section 5.1, RFC 6750 section 3). */
export interface ResourcePlace {
  /** The address itself: `https://portcullis.example/mcp`. */
  readonly resource: string;
  readonly metadataUrl: string;
}

export function placeOfResource(publicUrl: string, path: string): ResourcePlace {
  return { resource: publicUrl + path, metadataUrl: `${publicUrl}/.well-known/oauth-protected-resource${path}` };
}

/** For 401. There is an error to tell only where there was a credential. */
export function signInChallenge({ metadataUrl }: ResourcePlace, { kind }: Credentials): string {
  const error = kind === 'none' ? '' : ', error="invalid_token", error_description="The token is no good here."';
  return `Bearer resource_metadata="${metadataUrl}", scope="${accessScopes.join(' ')}"${error}`;
}

/** For 403, where the person allowed the client less than this takes: the client may ask them again. */
export function stepUpChallenge({ metadataUrl }: ResourcePlace): string {
  const description = 'The person allowed reading alone.';
  return `Bearer error="insufficient_scope", scope="${accessScopes.join(' ')}", resource_metadata="${metadataUrl}", error_description="${description}"`;
}
