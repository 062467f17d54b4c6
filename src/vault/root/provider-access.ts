import type { OutgoingProxy } from '../../domain/outgoing-proxy.ts';
import type { Secret } from '../../domain/secret.ts';

/** Where key services are, and what they are spoken to with. Credentials for the two clouds come from their own libraries. */
export interface KeyServices {
  /** Null: the public endpoint of the key's region. */
  readonly awsEndpoint: string | null;
  readonly gcpEndpoint: string;
  readonly vault: VaultAccess | null;
  /** The proxy for requests to the key services; null: none. */
  readonly proxy: OutgoingProxy | null;
}

export interface VaultAccess {
  /** Without a trailing slash. */
  readonly address: string;
  readonly namespace: string | null;
  /** A token, or the file in which something else (an agent of Vault's) keeps a current one. */
  readonly token: Secret | { readonly file: string };
}
