import type { HashCredential } from '../domain/credential-hash.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { AccountStore } from './account-store.ts';
import { type Agents, createAgents } from './agents.ts';
import { createInvitations, type Invitations } from './invitations.ts';
import { createKeys, type Keys } from './keys.ts';
import { createLinks, type Links } from './links.ts';
import type { Mail } from './mail.ts';
import { createMembers, type Members } from './members.ts';
import { createPasswords } from './passwords.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createSignInLimits, type SignInFailures } from './sign-in-limits.ts';
import { createUsers, type Users } from './users.ts';
import type { WorkspaceDirectory } from './workspace-directory.ts';

/** People and agents: what the admin API, the command line and the demo can do about them. */
export interface Accounts {
  readonly members: Members;
  readonly invitations: Invitations;
  readonly agents: Agents;
  readonly keys: Keys;
  readonly users: Users;
  readonly links: Links;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly workspaces: WorkspaceDirectory;
}

export function createAccounts(parts: {
  store: AccountStore;
  compile: CompilePolicy;
  failures: SignInFailures;
  workspaces: WorkspaceDirectory;
  hashCredential: HashCredential;
  /** Base of the links that people get: `PORTCULLIS_PUBLIC_URL`. */
  publicUrl: string;
  /** How long an invitation can be accepted, and the first link of an account works. */
  invitationMs: number;
  /** Null: the people who make links hand them over. */
  mail: Mail | null;
  onMailError: (error: unknown) => void;
  now: Now;
}): Accounts {
  const { store, compile, failures, workspaces, hashCredential, publicUrl, invitationMs, mail, onMailError, now } =
    parts;
  const links = createLinks({
    store,
    compile,
    hashCredential,
    publicUrl,
    firstLinkMs: invitationMs,
    mail,
    onMailError,
    now,
  });
  const passwords = createPasswords(hashCredential);
  const limits = createSignInLimits({ failures, hashCredential, now });
  return {
    members: createMembers({ store, compile, now }),
    invitations: createInvitations({
      store,
      compile,
      limits,
      passwords,
      hashCredential,
      publicUrl,
      lifetimeMs: invitationMs,
      mail,
      now,
    }),
    agents: createAgents({ store, compile, now }),
    keys: createKeys({ store, compile, hashCredential, now }),
    users: createUsers({ store, links, now }),
    links,
    sessions: createSessions({ store, limits, passwords, now }),
    signIn: createSignIn({ store, limits, passwords, hashCredential, now }),
    workspaces,
  };
}
