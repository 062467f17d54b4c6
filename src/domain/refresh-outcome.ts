import type { Tokens } from './connection.ts';

/**
 * What an authorization server made of a refresh token (defects B1 to B4). `problem` is a word of ours, never the server's.
 *
 * ok: here are new tokens. transient: nobody can blame the grant; with `answered` false the refresh token may have been
 * spent all the same. reauth: the grant is over, a person must agree again. reregister: our client is no longer known
 * there. fatal: we are set up wrongly, and no connection is to blame; an operator has to look.
 */
export type RefreshOutcome =
  | { readonly kind: 'ok'; readonly tokens: Tokens }
  | {
      readonly kind: 'transient';
      readonly answered: boolean;
      readonly problem: string;
      readonly retryAfterSeconds?: number | null;
    }
  | { readonly kind: 'reauth' | 'reregister' | 'fatal'; readonly problem: string };
