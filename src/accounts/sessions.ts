import { PortcullisError } from '../domain/errors.ts';
import { isId, type SessionId, type UserId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';
import { minuteMs, type Now } from '../domain/units.ts';
import type { AccountStore, Session } from './account-store.ts';
import { hashNewPassword, verifyPassword } from './passwords.ts';
import type { SignInLimits } from './sign-in-limits.ts';

/** After signing in by a link, a person may choose a password without the old one for this long. */
export const passwordByLinkMs = 15 * minuteMs;

/** What people do about their own access. All of it takes a browser session: a key is no substitute for its owner. */
export interface Sessions {
  list(author: Caller): Promise<(Session & { readonly current: boolean })[]>;
  end(author: Caller, id: SessionId): Promise<void>;
  /** Chooses a password, and ends all other sessions and links of that person. */
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
  now,
}: {
  store: AccountStore;
  limits: SignInLimits;
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
      const passwordHash = await hashNewPassword(password);
      const before = await proveOwner(userId, sessionId, currentPassword, clientAddress);
      await store.inDeployment(async accounts => {
        await accounts.lockUser(userId);
        const user = await accounts.user(userId);
        if (user?.passwordHash !== before) throw new PortcullisError('conflict', 'The password was changed meanwhile.');
        await accounts.setPassword(userId, passwordHash);
        // Without a password nobody had proved to be this person, whoever made these keys.
        if (before === null) await accounts.revokeKeysOf(userId, now());
        await accounts.endSessionsOf(userId, now(), sessionId);
        await accounts.retireLinksOf(userId, now());
      });
    },
  };

  /** Answers with the hash that is to be replaced. Somebody who found an open browser must not be able to get this far. */
  async function proveOwner(
    userId: UserId,
    sessionId: SessionId,
    currentPassword: string | undefined,
    clientAddress: string,
  ): Promise<string | null> {
    const { user, session } = await store.inDeployment(async accounts => ({
      user: await accounts.user(userId),
      session: (await accounts.sessionsOf(userId, now())).find(({ id }) => id === sessionId),
    }));
    if (user === null) throw new PortcullisError('not_found', 'There is no such user.');
    if (user.passwordHash === null) return null;
    const byLink = session?.openedBy === 'link' && now().getTime() - session.createdAt.getTime() < passwordByLinkMs;
    if (byLink) return user.passwordHash;
    const attempt = { clientAddress, email: user.email };
    const admission = await limits.admit(attempt);
    if (!admission.admitted) {
      const { retryAfterSeconds } = admission;
      throw new PortcullisError('rate_limited', 'Too many wrong passwords.', { retryAfterSeconds });
    }
    if (!(await verifyPassword(user.passwordHash, currentPassword ?? ''))) {
      throw new PortcullisError('restricted', 'The current password is wrong.', {
        hint: 'Type it again. If you forgot it, sign in by a link: then no current password is asked for.',
      });
    }
    await limits.forgive(attempt, admission.windowStart);
    return user.passwordHash;
  }
}

/** The person and the browser session that a call came with. Throws `restricted` for calls with a key. */
function sessionOf({ principal, credential }: Caller): { userId: UserId; sessionId: SessionId } {
  if (principal.kind === 'user' && isId('ses', credential)) return { userId: principal.id, sessionId: credential };
  throw new PortcullisError('restricted', 'This takes a person who has signed in, not a key.');
}
