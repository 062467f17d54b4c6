import { createAccounts } from '../accounts/accounts.ts';
import type { Mail } from '../accounts/mail.ts';
import { compilePolicy } from '../authorize/compile-policy.ts';
import type { Config } from '../config/config.ts';
import { createCredentialHasher } from '../domain/credential-hash.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import type { Now } from '../domain/units.ts';
import { createIdentify } from '../identify/identify.ts';
import type { Stores } from '../store/stores.ts';
import type { DeriveKey } from '../vault/derive-key.ts';

/**
 * People, agents and their credentials: the commands that change them, and the function that finds the caller of a
 * credential.
 */
export function openAccounts(parts: {
  readonly config: Pick<Config, 'invitationMs'>;
  readonly publicUrl: string;
  readonly stores: Pick<Stores, 'accounts' | 'signInFailures' | 'workspaceDirectory' | 'credentials'>;
  readonly deriveKey: DeriveKey;
  /** Null: the people who make links hand them over. */
  readonly mail: Mail | null;
  readonly log: Pick<ProgramLog, 'warn'>;
  readonly now: Now;
  readonly closers: (() => Promise<unknown>)[];
}) {
  const { config, publicUrl, stores, mail, log, now, closers } = parts;
  const hashCredential = createCredentialHasher(parts.deriveKey('credential pepper'));
  const accounts = createAccounts({
    store: stores.accounts,
    failures: stores.signInFailures,
    workspaces: stores.workspaceDirectory,
    compile: compilePolicy,
    hashCredential,
    publicUrl,
    invitationMs: config.invitationMs,
    mail,
    onMailError: err => log.warn({ err }, 'a requested mail could not be sent'),
    now,
  });
  const identify = createIdentify({
    credentials: stores.credentials,
    hashCredential,
    now,
    onFlushError: error => log.warn({ err: error }, 'times of last use could not be written; trying again'),
  });
  closers.push(identify.close);
  return { accounts, identify, hashCredential };
}
