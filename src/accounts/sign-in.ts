import { type HashCredential, newSecretToken } from '../domain/credential-hash.ts';
import { newId, type SessionId, type UserId } from '../domain/ids.ts';
import { sessionIdleMs, sessionMsMax } from '../domain/session-lifetime.ts';
import type { Now } from '../domain/units.ts';
import type { AccountStore, DeploymentAccounts, UserAccount } from './account-store.ts';
import type { Passwords } from './passwords.ts';
import type { SignInLimits } from './sign-in-limits.ts';

/** The browser that signs in. */
export interface Client {
  readonly address: string;
  readonly userAgent: string;
  /**
   * The session cookie that came with the attempt, if any: that session ends, even if it belonged to another person.
   */
  readonly oldToken: string | null;
  /** The device cookie of an earlier sign-in, if any. */
  readonly device?: string | null;
}

/** How a sign-in ended. It is a value, because the door must log it before it answers. */
export type SignInResult = SignInOpened | SignInRefused;

export interface SignInOpened {
  readonly kind: 'opened';
  readonly user: UserAccount;
  readonly sessionId: SessionId;
  /** For the cookie. Only its hash is kept. */
  readonly token: string;
  /** For a cookie that outlives the session: this browser has signed in to the account. Null after a link. */
  readonly device: string | null;
  /** The person has no password yet, or came to choose a new one. */
  readonly passwordNeeded: boolean;
}

export interface SignInRefused {
  readonly kind: 'refused';
  /** For the log. A stranger learns only that it did not work, or that they must wait. */
  readonly why:
    | 'too_many_attempts'
    | 'bad_password'
    | 'unknown_account'
    | 'disabled_account'
    | 'bad_link'
    | 'malformed';
  readonly account: UserId | null;
  readonly retryAfterSeconds: number | null;
  /** Whether the log should say so: floods are counted, not listed (rule 23). */
  readonly noteworthy: boolean;
}

export interface SignIn {
  withPassword(email: string, password: string, client: Client): Promise<SignInResult>;
  withLink(token: string, client: Client): Promise<SignInResult>;
  /** Counts an attempt that could not even be read. */
  malformed(client: Client): Promise<SignInRefused>;
  /** Counts an attempt of another kind from this address: an invitation, a forgotten password. Null: go on. */
  admit(client: Client): Promise<SignInRefused | null>;
  /** Ends the session of a cookie. Null: there was none. */
  signOut(token: string): Promise<{ readonly id: SessionId; readonly userId: UserId } | null>;
}

export function createSignIn(parts: {
  store: AccountStore;
  limits: SignInLimits;
  passwords: Passwords;
  hashCredential: HashCredential;
  now: Now;
}): SignIn {
  const { store, limits, passwords, hashCredential, now } = parts;

  /** Opens a new session for each sign-in, so that a cookie that a stranger planted before has no effect afterwards. */
  async function open(
    accounts: DeploymentAccounts,
    user: UserAccount,
    openedBy: 'password' | 'link',
    client: Client,
  ): Promise<Pick<SignInOpened, 'kind' | 'sessionId' | 'token'>> {
    const token = newSecretToken();
    const sessionId = newId('ses');
    const at = now();
    if (client.oldToken !== null) await accounts.endSessionByHash(hashCredential('session', client.oldToken), at);
    await accounts.addSession({
      id: sessionId,
      hash: hashCredential('session', token),
      userId: user.id,
      openedBy,
      createdAt: at,
      idleExpiresAt: new Date(at.getTime() + sessionIdleMs),
      expiresAt: new Date(at.getTime() + sessionMsMax),
      clientAddress: client.address,
      userAgent: client.userAgent.slice(0, 200),
    });
    return { kind: 'opened', sessionId, token };
  }

  return {
    async withPassword(typedEmail, password, client) {
      const email = typedEmail.trim().toLowerCase();
      const attempt = { clientAddress: client.address, email, device: client.device ?? null };
      const admission = await limits.admit(attempt);
      if (!admission.admitted) return limited(admission);
      const passwordHash = await passwords.hashOf(email, password);
      const { named, seen } = await store.inDeployment(async accounts => ({
        named: await accounts.usersNamed(email, 2),
        seen: passwordHash === null ? null : await accounts.userBySignIn(email, passwordHash),
      }));
      // A browser that is known to one account has no advantage at another account with the same address.
      if (admission.knownTo !== null && admission.knownTo !== seen?.id) {
        const asStranger = await limits.admitGuess({ clientAddress: client.address, email });
        if (!asStranger.admitted) return limited(asStranger);
      }
      if (seen === null) return refusedAmong(named);
      const result = await store.inDeployment(async (accounts): Promise<SignInResult> => {
        await accounts.lockUser(seen.id);
        const user = await accounts.user(seen.id);
        // The password was compared before the lock, because that takes long; it may have been changed meanwhile.
        if (user === null || user.passwordHash !== passwordHash) return refused('bad_password', seen.id);
        if (user.disabled) return refused('disabled_account', seen.id);
        const opened = await open(accounts, user, 'password', client);
        return { ...opened, user, device: limits.deviceOf(user.id, email), passwordNeeded: false };
      });
      if (result.kind === 'opened') await limits.forgive(attempt, admission.windowStart);
      return result;
    },

    async withLink(token, client) {
      const attempt = { clientAddress: client.address, email: null };
      const admission = await limits.admit(attempt);
      if (!admission.admitted) return limited(admission);
      const result = await store.inDeployment(async (accounts): Promise<SignInResult> => {
        const link = await accounts.takeLink(hashCredential('sign_in_link', token), now());
        if (link === null) return refused('bad_link');
        await accounts.lockUser(link.userId);
        const user = await accounts.user(link.userId);
        if (user === null || user.disabled) return refused('disabled_account', link.userId);
        if (link.mailed) await takePossession(accounts, user, now());
        const passwordNeeded = user.passwordHash === null || link.purpose === 'recovery';
        return { ...(await open(accounts, user, 'link', client)), user, device: null, passwordNeeded };
      });
      if (result.kind === 'opened') await limits.forgive(attempt, admission.windowStart);
      return result;
    },

    async malformed(client) {
      const admission = await limits.admit({ clientAddress: client.address, email: null });
      return admission.admitted ? refused('malformed') : limited(admission);
    },

    async admit(client) {
      const admission = await limits.admit({ clientAddress: client.address, email: null });
      return admission.admitted ? null : limited(admission);
    },

    signOut: token =>
      store.inDeployment(accounts => accounts.endSessionByHash(hashCredential('session', token), now())),
  };
}

/**
 * A person who followed a link that was mailed to the address is its owner. Sessions and keys from before that proof
 * may belong to another person, and end.
 */
async function takePossession(accounts: DeploymentAccounts, user: UserAccount, at: Date): Promise<void> {
  if (user.emailProvenAt !== null) return;
  await accounts.endSessionsOf(user.id, at);
  await accounts.revokeKeysOf(user.id, at);
  await accounts.lockAddress(user.email);
  await accounts.proveEmail(user.id, at);
}

/** The log names the account whose password was wrong, if it is clear which account was meant. */
function refusedAmong(named: readonly UserAccount[]): SignInRefused {
  const [only, another] = named;
  if (only === undefined) return refused('unknown_account');
  return refused('bad_password', another === undefined ? only.id : null);
}

function refused(why: SignInRefused['why'], account: UserId | null = null): SignInRefused {
  return { kind: 'refused', why, account, retryAfterSeconds: null, noteworthy: true };
}

function limited({ retryAfterSeconds, first }: { retryAfterSeconds: number; first: boolean }): SignInRefused {
  return { kind: 'refused', why: 'too_many_attempts', account: null, retryAfterSeconds, noteworthy: first };
}
