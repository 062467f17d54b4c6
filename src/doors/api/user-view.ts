import type { UserAccount } from '../../accounts/account-store.ts';

/** A user, as the API shows them: never the hash of the password. */
export function userView(user: UserAccount) {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    deploymentRights: [...user.deploymentRights].sort(),
    disabled: user.disabled,
    hasPassword: user.passwordHash !== null,
    createdAt: user.createdAt.toISOString(),
  };
}
