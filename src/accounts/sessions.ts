import { PortcullisError } from '../domain/errors.ts';
import type { SessionId, UserId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';
import { minuteMs, type Now } from '../domain/units.ts';
import type { AccountStore, Session, UserAccount } from './account-store.ts';
import { sessionOf } from './author.ts';
import { type Passwords, passwordTaken } from './passwords.ts';
import { requireAdmitted, type SignInLimits } from './sign-in-limits.ts';

/** After signing in by a link, a person may choose a password without the old one for this long. */
export const passwordByLinkMs = 15 * minuteMs;

/** What people do about their own access. All of it takes a browser session: a key is no substitute for its owner. */
export interface Sessions {
  list(author: Caller): Promise<(Session & { readonly current: boolean })[]>;
  end(author: Caller, id: SessionId): Promise<void>;
  /**
   * Chooses a password, and ends all other sessions and links of that person. Throws `validation_error` for a password
   * that cannot be used, `restricted` for a wrong current one, `rate_limited` after too many of either.
   */
  setPassword(author: Caller, request: PasswordRequest): Promise<void>;
}

export interface PasswordRequest {
  readonly password: string;
  readonly currentPassword?: string | undefined;
  readonly clientAddress: string;
}

export function createSessions({
  store,
  limits,
  passwords,
  now,
}: {
  store: AccountStore;
  limits: SignInLimits;
  passwords: Passwords;
  now: Now;
}): Sessions {
  return {
    async list(author) {
      const { userId, sessionId } = sessionOf(author);
      const sessions = await store.inDeployment(accounts => accounts.sessionsOf(userId, now()));
      return sessions.map(session => ({ ...session, current: session.id === sessionId }));
    },

    async end(author, id) {
      const { userId } = sessionOf(author);
      const ended = await store.inDeployment(async accounts => {
        await accounts.lockUser(userId);
        return accounts.endSession(userId, id, now());
      });
      if (!ended) throw new PortcullisError('not_found', 'There is no such session.');
    },

    async setPassword(author, { password, currentPassword, clientAddress }) {
      const { userId, sessionId } = sessionOf(author);
      const { user: seen, session } = await whoIs(userId, sessionId);
      const passwordHash = await passwords.choose(seen.email, password);
      await proveOwner(seen, session, currentPassword, clientAddress);
      const before = seen.passwordHash;
      // Refusing a used password shows that some account has it, so choosing a password is limited like guessing one.
      requireAdmitted(await limits.admitGuess({ clientAddress, email: seen.email }));
      await store.inDeployment(async accounts => {
        await accounts.lockUser(userId);
        const user = await accounts.user(userId);
        if (user?.passwordHash !== before) throw new PortcullisError('conflict', 'The password was changed meanwhile.');
        await accounts.lockAddress(user.email);
        const holder = await accounts.userBySignIn(user.email, passwordHash);
        if (holder !== null && holder.id !== userId) throw passwordTaken();
        await accounts.setPassword(userId, passwordHash);
        // Without a password, no one had proved to be this person when these keys were made.
        if (before === null) {
          await accounts.revokeKeysOf(userId, now());
          await accounts.revokeConsentsOf(userId, now());
        }
        await accounts.endSessionsOf(userId, now(), sessionId);
        await accounts.retireLinksOf(userId, now());
      });
    },
  };

  async function whoIs(userId: UserId, sessionId: SessionId) {
    return store.inDeployment(async accounts => {
      const user = await accounts.user(userId);
      if (user === null) throw new PortcullisError('not_found', 'There is no such user.');
      return { user, session: (await accounts.sessionsOf(userId, now())).find(({ id }) => id === sessionId) };
    });
  }

  /** A stranger at an open browser must not be able to get this far. */
  async function proveOwner(
    user: UserAccount,
    session: Session | undefined,
    currentPassword: string | undefined,
    clientAddress: string,
  ): Promise<void> {
    if (user.passwordHash === null) return;
    const byLink = session?.openedBy === 'link' && now().getTime() - session.createdAt.getTime() < passwordByLinkMs;
    if (byLink) return;
    const attempt = { clientAddress, email: user.email };
    const { windowStart } = requireAdmitted(await limits.admit(attempt));
    if ((await passwords.hashOf(user.email, currentPassword ?? '')) !== user.passwordHash) {
      throw new PortcullisError('restricted', 'The current password is wrong.', {
        hint: 'Type it again. If you forgot it, sign in by a link: then no current password is asked for.',
      });
    }
    await limits.forgive(attempt, windowStart);
  }
}
