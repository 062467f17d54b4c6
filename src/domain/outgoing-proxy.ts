import type { Secret } from './secret.ts';

/** The proxy for outgoing requests, from `HTTPS_PROXY` and `NO_PROXY`. */
export interface OutgoingProxy {
  /** An http or https URL, with the credentials for the proxy. */
  readonly url: Secret;
  /**
   * Hosts that are reached without the proxy, as `NO_PROXY` lists them: `10.0.0.5, .internal.example, localhost:8200`.
   */
  readonly except: string;
}
