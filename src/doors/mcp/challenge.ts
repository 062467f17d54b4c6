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

/** For 401. It names an error only if there was a credential. */
export function signInChallenge({ metadataUrl }: ResourcePlace, { kind }: Credentials): string {
  const error = kind === 'none' ? '' : ', error="invalid_token", error_description="The token is no good here."';
  return `Bearer resource_metadata="${metadataUrl}", scope="${accessScopes.join(' ')}"${error}`;
}

/** For 403, if the person allowed the client less than the call needs: the client may ask the person again. */
export function stepUpChallenge({ metadataUrl }: ResourcePlace): string {
  const description = 'The person allowed reading alone.';
  return `Bearer error="insufficient_scope", scope="${accessScopes.join(' ')}", resource_metadata="${metadataUrl}", error_description="${description}"`;
}
