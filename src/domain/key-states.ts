import { stateTable } from './state-table.ts';

/** `active`: new values are sealed under it. `decrypt_only`: older values still are. `destroyed`: it is gone for good. */
export type WorkspaceKeyState = 'active' | 'decrypt_only' | 'destroyed';

/** The life of a workspace key. It begins as `active`. */
export const workspaceKeyStates = stateTable<WorkspaceKeyState>()({
  /** A new key takes its place. */
  superseded: { from: ['active'], to: 'decrypt_only' },
  /** Nothing is sealed under it any more. */
  unused: { from: ['decrypt_only'], to: 'destroyed' },
  /** An operator makes everything of the workspace unreadable. */
  workspace_destroyed: { from: ['active', 'decrypt_only'], to: 'destroyed' },
});

/**
 * `staged`: every instance has to prove that it has it. `active`: new keys are wrapped under it. `previous`: older ones
 * still are. `retired`: none is, and the key itself may be destroyed where it is kept.
 */
export type RootKeyState = 'staged' | 'active' | 'previous' | 'retired';

/**
 * The life of a root key. The first of all begins as `active`, and each later one as `staged`. There is at most one staged
 * and exactly one active root key.
 */
export const rootKeyStates = stateTable<RootKeyState>()({
  /** A key comes back: one that was retired, or the previous one, which takes an exchange back. Asked twice, it is staged once. */
  staged_again: { from: ['staged', 'previous', 'retired'], to: 'staged' },
  /** The exchange is called off. A key that still wraps something is the previous one again; another is forgotten. */
  withdrawn: { from: ['staged'], to: 'previous' },
  /** Every instance has it. */
  promoted: { from: ['staged'], to: 'active' },
  /** Another key was promoted. */
  replaced: { from: ['active'], to: 'previous' },
  /** Nothing is wrapped under it any more. */
  retired: { from: ['previous'], to: 'retired' },
});
