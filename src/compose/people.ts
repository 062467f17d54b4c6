import { createAccounts } from '../accounts/accounts.ts';
import { compilePolicy } from '../authorize/compile-policy.ts';
import type { PeopleConfig } from '../config/config.ts';
import { createCredentialHasher } from '../domain/credential-hash.ts';
import { PortcullisError } from '../domain/errors.ts';
import { isId, type UserId } from '../domain/ids.ts';
import { openOperatorDatabase } from '../operator/operator-database.ts';
import { createStores } from '../store/stores.ts';
import { openRootKeys } from './root-keys.ts';

/** Distinguishes accounts with the same address. */
export interface AccountFound {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly disabled: boolean;
  readonly hasPassword: boolean;
  readonly workspaces: readonly string[];
}

/** What operators do for people who cannot sign in, while gateways run. Every link is logged before it is shown. */
export interface PeopleTasks {
  /** The accounts with this address, or the one with this id. At most `accountsShownMax`. */
  find(named: string): Promise<readonly AccountFound[]>;
  /**
   * A link by which that person signs in and chooses a password. Earlier links of theirs stop working. Throws `conflict` for
   * an account that is disabled.
   */
  signInLink(account: AccountFound): Promise<string>;
  close(): Promise<void>;
}

const accountsShownMax = 20;

/** Opens the database and the root keys. Throws StoreError, RootKeyError. */
export async function openPeopleTasks(config: PeopleConfig, warn: (message: string) => void): Promise<PeopleTasks> {
  const { database, recordEvent, operator, close } = await openOperatorDatabase(config.database, warn);
  const stores = createStores(database, { compile: compilePolicy });
  const { deriveKey } = await openRootKeys(config, stores).catch(async error => {
    await close();
    throw error;
  });
  const { accounts: store } = stores;
  const { links } = createAccounts({
    store,
    failures: stores.signInFailures,
    workspaces: stores.workspaceDirectory,
    compile: compilePolicy,
    hashCredential: createCredentialHasher(deriveKey('credential pepper')),
    publicUrl: config.publicUrl,
    invitationMs: config.invitationMs,
    // The operator hands the link over: that must work also where mail does not.
    mail: null,
    onMailError: () => {},
    now: () => new Date(),
  });
  return {
    find: named =>
      store.inDeployment(async accounts => {
        const byId = isId('usr', named) ? await accounts.user(named) : null;
        const byAddress = await accounts.usersNamed(named.trim().toLowerCase(), accountsShownMax);
        const all = byId === null ? byAddress : [byId];
        const found: AccountFound[] = [];
        for (const { id, email, name, createdAt, disabled, passwordHash } of all) {
          const workspaces: string[] = [];
          for (const workspace of await accounts.workspacesOf(id))
            workspaces.push(await accounts.workspaceName(workspace));
          found.push({ id, email, name, createdAt, disabled, hasPassword: passwordHash !== null, workspaces });
        }
        return found;
      }),
    async signInLink({ id, disabled, hasPassword }) {
      if (disabled) throw new PortcullisError('conflict', 'This account is disabled.');
      const event = { name: 'user.link_created', workspaceId: null, principalId: null, result: 'success' } as const;
      await recordEvent({ ...event, detail: { user: id, by: operator } });
      return links.issue(id, hasPassword ? 'recovery' : 'invitation');
    },
    close,
  };
}
