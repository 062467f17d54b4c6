import { createAccounts } from '../accounts/accounts.ts';
import type { Mail } from '../accounts/mail.ts';
import { evaluator } from '../authorize/evaluator.ts';
import type { Config } from '../config/config.ts';
import { createCredentialHasher } from '../domain/credential-hash.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import type { Now } from '../domain/units.ts';
import { createIdentify } from '../identify/identify.ts';
import { createAccountStore } from '../store/accounts.ts';
import { createCredentialStore } from '../store/credentials.ts';
import type { Store } from '../store/open-store.ts';
import { createSignInFailures } from '../store/sign-in-failures.ts';
import { createWorkspaceDirectory } from '../store/workspace-directory.ts';
import type { DeriveKey } from '../vault/derive-key.ts';

/** People, agents and their credentials: what changes them, and what tells from a credential who calls. */
export function openAccounts(parts: {
  readonly config: Pick<Config, 'invitationMs'>;
  readonly publicUrl: string;
  readonly store: Pick<Store, 'database'>;
  readonly deriveKey: DeriveKey;
  /** Null: links are handed over by those who make them. */
  readonly mail: Mail | null;
  readonly log: Pick<ProgramLog, 'warn'>;
  readonly now: Now;
  readonly closers: (() => Promise<unknown>)[];
}) {
  const { config, publicUrl, mail, log, now, closers } = parts;
  const { database } = parts.store;
  const hashCredential = createCredentialHasher(parts.deriveKey('credential pepper'));
  const accounts = createAccounts({
    store: createAccountStore(database),
    failures: createSignInFailures(database.system),
    workspaces: createWorkspaceDirectory(database.system, evaluator),
    evaluator,
    hashCredential,
    publicUrl,
    invitationMs: config.invitationMs,
    mail,
    onMailError: err => log.warn({ err }, 'a mail that somebody asked for could not be sent'),
    now,
  });
  const identify = createIdentify({
    credentials: createCredentialStore(database.system),
    hashCredential,
    now,
    onFlushError: error => log.warn({ err: error }, 'times of last use could not be written; trying again'),
  });
  closers.push(identify.close);
  return { accounts, identify, hashCredential };
}
