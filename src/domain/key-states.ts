import { stateTable } from './state-table.ts';

/**
 * `active`: new values are sealed under it. `decrypt_only`: only older values are sealed under it. `destroyed`: it is
 * gone for good.
 */
export type WorkspaceKeyState = 'active' | 'decrypt_only' | 'destroyed';

/** The life of a workspace key. It begins as `active`. */
export const workspaceKeyStates = stateTable<WorkspaceKeyState>()({
  /** A new key replaces it. */
  superseded: { from: ['active'], to: 'decrypt_only' },
  /** Nothing is sealed under it any more. */
  unused: { from: ['decrypt_only'], to: 'destroyed' },
  /** An operator destroys the keys of the workspace, so that its values can never be read again. */
  workspace_destroyed: { from: ['active', 'decrypt_only'], to: 'destroyed' },
});

/**
 * `staged`: every instance has to prove that it has the key. `active`: new keys are wrapped under it. `previous`: only
 * older keys are wrapped under it. `retired`: no key is, and the root key itself may be destroyed where it is kept.
 */
export type RootKeyState = 'staged' | 'active' | 'previous' | 'retired';

/**
 * The life of a root key. The very first begins as `active`, and each later one as `staged`. At any time exactly one
 * root key is active, and at most one is staged.
 */
export const rootKeyStates = stateTable<RootKeyState>()({
  /**
   * A key comes back: a retired one, or the previous one if an exchange is undone. Asking twice has no further effect.
   */
  staged_again: { from: ['staged', 'previous', 'retired'], to: 'staged' },
  /** The exchange is called off. A key that still wraps something becomes `previous` again; any other is forgotten. */
  withdrawn: { from: ['staged'], to: 'previous' },
  /** Every instance has it. */
  promoted: { from: ['staged'], to: 'active' },
  /** Another key was promoted. */
  replaced: { from: ['active'], to: 'previous' },
  /** Nothing is wrapped under it any more. */
  retired: { from: ['previous'], to: 'retired' },
});
